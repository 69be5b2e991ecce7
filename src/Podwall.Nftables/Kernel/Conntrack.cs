using System.Buffers.Binary;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>The connections that the kernel tracks in this network namespace (<c>nfnetlink_conntrack.h</c>).</summary>
public sealed class Conntrack : IDisposable
{
    private const ushort Get = 1 << 8 | 1, Delete = 1 << 8 | 2, Statistics = 1 << 8 | 5;
    private const int Original = 1, Reply = 2, Id = 12, Zone = 18;
    private const int AddressPart = 1, ProtocolPart = 2;
    private const int GlobalEntries = 1;

    private readonly NetlinkSocket socket = new();
    private readonly MessageWriter writer = new();

    /// <summary>Forgets every connection.</summary>
    public void Flush()
    {
        writer.Clear();
        writer.Begin(Delete, RequestFlags.Acknowledge, 0);
        writer.End();
        socket.Send(writer.Written);
        foreach (var message in socket.Receive())
            if (message.Error != 0)
                throw new NetlinkException(message.Error, "forget the connections");
    }

    /// <summary>How many connections there are.</summary>
    public uint Count()
    {
        writer.Clear();
        writer.Begin(Statistics, RequestFlags.None, 0);
        writer.End();
        socket.Send(writer.Written);
        uint count = 0;
        foreach (var message in socket.Receive())
            if (message.Type == NfTables.Error)
                throw new NetlinkException(message.Error, "count the connections");
            else
                foreach (var attribute in message.Attributes)
                    if (attribute.Type == GlobalEntries)
                        count = attribute.Number;
        return count;
    }

    /// <summary>All connections.</summary>
    public IReadOnlyList<Connection> Read() => [.. Find(_ => true).Select(f => f.Connection)];

    /// <summary>Forgets the connections that are chosen; what ended on its own meanwhile is no fault.</summary>
    /// <returns>Which they were.</returns>
    public IReadOnlyList<Connection> Forget(Func<Connection, bool> choose)
    {
        var chosen = Find(choose);
        Forget(chosen);
        return [.. chosen.Select(c => c.Connection)];
    }

    public void Dispose() => socket.Dispose();

    // Chosen while they are read: the kernel (from 5.8) filters by exact fields, which would be a dump for each place of each address.
    internal List<Tracked> Find(Func<Connection, bool> choose)
    {
        List<Tracked> found = [];
        // A dump walks the whole table, however empty: milliseconds that a pod which starts would wait for.
        if (Count() == 0)
            return found;
        socket.Dump(writer, () =>
        {
            writer.Clear();
            writer.Begin(Get, RequestFlags.Dump, 0);
            writer.End();
        }, "read the connections", found.Clear, message =>
        {
            var attributes = message.Attributes;
            var original = attributes.Find(Original);
            if (WayOf(original) is { } there && WayOf(attributes.Find(Reply)) is { } back && new Connection(there, back) is var connection && choose(connection))
                found.Add(new(connection, message.Body[0], original.ToArray(), attributes.Find(Id).ToArray(), attributes.Find(Zone).ToArray()));
        });
        return found;
    }

    internal void Forget(IReadOnlyList<Tracked> chosen)
    {
        // So many that the refusals of all of them find room to be received.
        const int Most = 64;
        foreach (var some in chosen.Chunk(Most))
        {
            writer.Clear();
            foreach (var one in some)
            {
                writer.Begin(Delete, RequestFlags.None, one.Family);
                writer.Bytes(Original | 0x8000, one.Original);
                if (one.Id.Length > 0)
                    writer.Bytes(Id, one.Id);
                if (one.Zone.Length > 0)
                    writer.Bytes(Zone, one.Zone);
            }

            writer.End();
            socket.Send(writer.Written);
            // Nothing but a refusal is answered, and that before the send is over.
            while (socket.TryReceive(out var messages))
                foreach (var message in messages)
                    if (message.Error is not (0 or NetlinkException.NoEntry))
                        throw new NetlinkException(message.Error, "forget a connection");
        }
    }

    private static Way? WayOf(ReadOnlySpan<byte> tuple)
    {
        Address? source = null, destination = null;
        foreach (var part in new Attributes(new Attributes(tuple).Find(AddressPart)))
        {
            var address = new Address(part.Type <= 2 ? IpFamily.V4 : IpFamily.V6, MapShape.Number(part.Value));
            if (part.Type is 1 or 3)
                source = address;
            else
                destination = address;
        }

        byte protocol = 0;
        ushort from = 0, to = 0;
        foreach (var part in new Attributes(new Attributes(tuple).Find(ProtocolPart)))
            if (part.Type == 1)
                protocol = part.Value[0];
            else if (part.Type == 2)
                from = BinaryPrimitives.ReadUInt16BigEndian(part.Value);
            else if (part.Type == 3)
                to = BinaryPrimitives.ReadUInt16BigEndian(part.Value);
        return source is { } s && destination is { } d ? new Way(s, d, protocol, from, to) : null;
    }
}

/// <summary>A connection, and what names it to the kernel.</summary>
internal sealed record Tracked(Connection Connection, byte Family, byte[] Original, byte[] Id, byte[] Zone);
