using System.Buffers.Binary;
using System.Text;

namespace Podwall.Lab.Services;

/// <summary>The types of records that a cluster has (RFC 1035, 2782, 3596).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Aaaa = 28,
    Srv = 33,
    Any = 255,
}

/// <summary>What is asked, of a name in small letters without the dot at its end.</summary>
internal readonly record struct DnsQuestion(string Name, DnsType Type);

/// <summary>One record; <paramref name="Data"/> is as it goes over the wire, names in it not shortened.</summary>
internal readonly record struct DnsRecord(string Name, DnsType Type, byte[] Data);

/// <summary>Questions and answers as RFC 1035 writes them.</summary>
internal static class DnsMessage
{
    public const int LargestDatagram = 512;

    private const int HeaderLength = 12;

    private const ushort Internet = 1, Answer = 0x8000, Authoritative = 0x0400, Truncated = 0x0200, WantsRecursion = 0x0100, HasRecursion = 0x0080;

    // Names change as fast as pods do.
    private const ushort Lifetime = 5;

    /// <summary>The one question of a message; null where it is none that can be answered.</summary>
    public static DnsQuestion? Question(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || (message[2] & 0xF8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
            return null;
        StringBuilder name = new();
        var at = HeaderLength;
        while (at < message.Length && message[at] is > 0 and < 64 and var length && at + length < message.Length)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(message.Slice(at + 1, length)).ToLowerInvariant());
            at += length + 1;
        }

        return at + 5 <= message.Length && message[at] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]) == Internet
            ? new(name.ToString(), (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..])) : null;
    }

    /// <param name="request">The message that asked.</param>
    /// <param name="question">What it asked.</param>
    /// <param name="answers">The records; empty where the name has none of the type.</param>
    /// <param name="exists">Whether there is such a name at all.</param>
    /// <param name="limit">How many bytes an answer may have.</param>
    public static byte[] Reply(ReadOnlySpan<byte> request, DnsQuestion question, IReadOnlyList<DnsRecord> answers, bool exists, int limit)
    {
        const byte NoSuchName = 3;
        List<byte> reply = [.. request[..2]];
        var flags = (ushort)(Answer | Authoritative | HasRecursion | (BinaryPrimitives.ReadUInt16BigEndian(request[2..]) & WantsRecursion) | (exists ? 0 : NoSuchName));
        foreach (var number in (ushort[])[flags, 1, (ushort)answers.Count, 0, 0])
            Put(reply, number);
        Put(reply, question.Name);
        Put(reply, (ushort)question.Type);
        Put(reply, Internet);
        foreach (var record in answers)
        {
            Put(reply, record.Name);
            Put(reply, (ushort)record.Type);
            Put(reply, Internet);
            Put(reply, 0);
            Put(reply, Lifetime);
            Put(reply, (ushort)record.Data.Length);
            reply.AddRange(record.Data);
        }

        if (reply.Count <= limit)
            return [.. reply];
        // Whoever wants all of it asks again by TCP.
        var cut = Reply(request, question, [], exists, int.MaxValue);
        cut[2] |= Truncated >> 8;
        return cut;
    }

    public static byte[] NameData(string name)
    {
        List<byte> data = [];
        Put(data, name);
        return [.. data];
    }

    public static byte[] ServiceData(ushort port, string target)
    {
        const ushort Priority = 0, Weight = 100;
        List<byte> data = [];
        foreach (var number in (ushort[])[Priority, Weight, port])
            Put(data, number);
        Put(data, target);
        return [.. data];
    }

    private static void Put(List<byte> bytes, ushort number)
    {
        bytes.Add((byte)(number >> 8));
        bytes.Add((byte)(number & 0xFF));
    }

    private static void Put(List<byte> bytes, string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
    }
}
