using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Model;

/// <summary>
/// One step of a rule (<c>linux/netfilter/nf_tables.h</c>). Registers are numbered from 8, 4 bytes each; a longer value
/// takes the following registers too.
/// </summary>
public abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>The kernel's name for it.</summary>
    public abstract string Name { get; }

    internal abstract void Encode(MessageWriter writer);

    private static void Value(MessageWriter writer, int attribute, ReadOnlySpan<byte> value)
    {
        var data = writer.Open(attribute);
        writer.Bytes(NfTables.Data.Value, value);
        writer.Close(data);
    }

    /// <summary>Bytes of the packet, from its network or its transport header.</summary>
    public sealed record Payload(Header From, int Offset, int Length, int Register) : Expression
    {
        public override string Name => "payload";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, (uint)Register);
            writer.Number(2, (uint)From);
            writer.Number(3, (uint)Offset);
            writer.Number(4, (uint)Length);
        }

        public override string ToString() => $"r{Register} = {(From == Header.Network ? "network" : "transport")}[{Offset}..{Offset + Length - 1}]";
    }

    /// <summary>What the kernel knows of a packet besides its bytes.</summary>
    public sealed record Meta(MetaKey Key, int Register) : Expression
    {
        public override string Name => "meta";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(2, (uint)Key);
            writer.Number(1, (uint)Register);
        }

        public override string ToString() => $"r{Register} = {Key switch { MetaKey.Family => "family", MetaKey.Protocol => "protocol", MetaKey.InputName => "input interface", MetaKey.OutputName => "output interface", MetaKey.InputIndex => "index of the input interface", MetaKey.EtherType => "type of the frame", _ => "packet type" }}";
    }

    /// <summary>What connection tracking says of the packet, as bits (<see cref="ConnectionState"/>).</summary>
    public sealed record State(int Register) : Expression
    {
        public override string Name => "ct";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(2, 0u);
            writer.Number(1, (uint)Register);
        }

        public override string ToString() => $"r{Register} = connection state";
    }

    /// <summary>What the routing table says of the packet's source address.</summary>
    public sealed record Source(SourceFact Fact, int Register) : Expression
    {
        public override string Name => "fib";

        internal override void Encode(MessageWriter writer)
        {
            const uint ByAddress = 1, ByInput = 8, Interface = 1, AddressType = 3;
            writer.Number(1, (uint)Register);
            writer.Number(2, Fact == SourceFact.AddressType ? AddressType : Interface);
            writer.Number(3, Fact == SourceFact.AddressType ? ByAddress : ByAddress | ByInput);
        }

        public override string ToString() => $"r{Register} = {(Fact == SourceFact.AddressType ? "type of the source address" : "input interface, if the source is reached through it")}";
    }

    public sealed record And(int Register, ReadOnlyMemory<byte> Mask) : Expression
    {
        public override string Name => "bitwise";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, (uint)Register);
            writer.Number(2, (uint)Register);
            writer.Number(3, (uint)Mask.Length);
            Value(writer, 4, Mask.Span);
            Value(writer, 5, new byte[Mask.Length]);
        }

        public override string ToString() => $"r{Register} &= {Convert.ToHexString(Mask.Span)}";
    }

    /// <summary>Goes on only where a register holds the value, or only where it does not.</summary>
    public sealed record Compare(int Register, bool Equal, ReadOnlyMemory<byte> Against) : Expression
    {
        public override string Name => "cmp";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, (uint)Register);
            writer.Number(2, Equal ? 0u : 1u);
            Value(writer, 3, Against.Span);
        }

        public override string ToString() => $"r{Register} {(Equal ? "==" : "!=")} {Convert.ToHexString(Against.Span)}";
    }

    /// <summary>Goes on only where a register's first byte lies in the range.</summary>
    public sealed record Within(int Register, byte First, byte Last) : Expression
    {
        public override string Name => "range";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, (uint)Register);
            writer.Number(2, 0u);
            Value(writer, 3, [First]);
            Value(writer, 4, [Last]);
        }

        public override string ToString() => $"r{Register} in {First}-{Last}";
    }

    /// <summary>Goes on only where the set holds the key, or only where it does not.</summary>
    public sealed record Find(MapShape Set, int Key, bool Holds = true) : Expression
    {
        public override string Name => "lookup";

        internal override void Encode(MessageWriter writer)
        {
            writer.Text(1, Set.Name);
            writer.Number(2, (uint)Key);
            if (!Holds)
                writer.Number(5, 1u);
        }

        public override string ToString() => $"r{Key} {(Holds ? "in" : "not in")} @{Set.Name}";
    }

    /// <summary>Goes on only where the map holds the key, with its value in a register.</summary>
    public sealed record Map(MapShape Of, int Key, int Register) : Expression
    {
        public override string Name => "lookup";

        internal override void Encode(MessageWriter writer)
        {
            writer.Text(1, Of.Name);
            writer.Number(2, (uint)Key);
            writer.Number(3, (uint)Register);
        }

        public override string ToString() => $"r{Register} = @{Of.Name}[r{Key}]";
    }

    /// <summary>Lets an element of an expiring set live that much longer from now.</summary>
    public sealed record Refresh(MapShape Set, int Key, TimeSpan For) : Expression
    {
        public override string Name => "dynset";

        internal override void Encode(MessageWriter writer)
        {
            writer.Text(1, Set.Name);
            writer.Number(3, 1u);
            writer.Number(4, (uint)Key);
            writer.Number(6, (ulong)For.TotalMilliseconds);
        }

        public override string ToString() => $"refresh r{Key} in @{Set.Name} for {For.TotalSeconds} s";
    }

    /// <summary>Counts the packet.</summary>
    public sealed record Count(string Counter) : Expression
    {
        public override string Name => "objref";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, NfTables.Object.Counter);
            writer.Text(2, Counter);
        }

        public override string ToString() => $"count {Counter}";
    }

    /// <summary>What becomes of the packet, or where it goes on.</summary>
    public sealed record End(Outcome Outcome, string? Chain = null) : Expression
    {
        public override string Name => "immediate";

        internal override void Encode(MessageWriter writer)
        {
            writer.Number(1, 0u);
            var data = writer.Open(2);
            var verdict = writer.Open(NfTables.Data.Verdict);
            writer.Number(NfTables.Data.VerdictCode, unchecked((uint)(int)Outcome));
            if (Chain is not null)
                writer.Text(NfTables.Data.VerdictChain, Chain);
            writer.Close(verdict);
            writer.Close(data);
        }

        public override string ToString() => Chain is null ? Outcome.ToString().ToLowerInvariant() : $"{Outcome.ToString().ToLowerInvariant()} {Chain}";
    }

    internal static ReadOnlyMemory<byte> Native(uint value)
    {
        var bytes = new byte[4];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }

    internal static ReadOnlyMemory<byte> Network(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}

public enum Header : uint
{
    Network = 1,
    Transport = 2,
}

public enum MetaKey : uint
{
    EtherType = 1,
    InputIndex = 4,
    InputName = 6,
    OutputName = 7,
    Family = 15,
    Protocol = 16,
    PacketType = 19,
}

public enum SourceFact
{
    /// <summary>2 for an address of the node itself (<c>RTN_LOCAL</c>).</summary>
    AddressType,

    /// <summary>The index of the input interface where answers to the source go out there, else 0.</summary>
    ReversePath,
}

public enum Outcome
{
    Drop = 0,
    Accept = 1,
    Jump = -3,
    Goto = -4,
    Return = -5,
}

/// <summary>Bits of a connection's state.</summary>
[Flags]
public enum ConnectionState : uint
{
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
    Untracked = 64,
}
