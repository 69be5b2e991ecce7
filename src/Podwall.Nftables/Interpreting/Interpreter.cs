using System.Text;
using Podwall.Nftables.Model;
using Podwall.Policy;
using static Podwall.Nftables.Model.Expression;

namespace Podwall.Nftables.Interpreting;

/// <summary>
/// Runs the program over the content of the maps as the kernel would (<c>net/netfilter/nf_tables_core.c</c>): the third
/// answer beside the engine's and that of packets.
/// </summary>
public sealed class Interpreter(Program program, Func<MapShape, IReadOnlyDictionary<ElementKey, ulong>> holds)
{
    private const int FirstRegister = 8;

    private readonly Dictionary<string, Chain> chains = program.Chains.ToDictionary(c => c.Name);
    private readonly Dictionary<string, (ElementKey Key, ulong Value)[]> ranges = program.Shapes.All.Where(s => s.IsRange)
        .ToDictionary(s => s.Name, s => holds(s).OrderBy(e => e.Key.First).Select(e => (e.Key, e.Value)).ToArray());

    public Interpreter(Contents contents)
        : this(PolicyProgram.Instance, shape => contents[shape].Elements)
    {
    }

    /// <summary>Whether a packet that is forwarded through the node gets through.</summary>
    public bool Lets(Packet packet) => program.Chains.Where(c => c.Hook is not null).All(c => Run(c, packet) is not Outcome.Drop);

    /// <summary>Whether the first packet of a connection gets through the policy part, as any node on its way sees it.</summary>
    public bool LetsOpen(Address source, Address destination, Protocol protocol, int port) =>
        LetsThrough(Packet.Opening(source, destination, protocol, port));

    /// <summary>Whether a packet gets through the policy part.</summary>
    public bool LetsThrough(Packet packet) => Run(chains["postrouting"], packet) is not Outcome.Drop;

    // The end of a base chain accepts; the end of another goes back to where it was jumped to from.
    private Outcome Run(Chain chain, Packet packet)
    {
        Span<byte> registers = stackalloc byte[64];
        foreach (var rule in chain.Rules)
        {
            var outcome = Run(rule, packet, registers, out var target);
            switch (outcome)
            {
                case null:
                    continue;
                case Outcome.Goto:
                    return Run(chains[target!], packet);
                case Outcome.Jump:
                    if (Run(chains[target!], packet) is not Outcome.Return and var decided)
                        return decided;
                    continue;
                default:
                    return outcome.Value;
            }
        }

        return Outcome.Return;
    }

    private Outcome? Run(Model.Rule rule, Packet packet, Span<byte> registers, out string? chain)
    {
        chain = null;
        foreach (var step in rule.Steps)
        {
            if (step is End end)
            {
                chain = end.Chain;
                return end.Outcome;
            }

            if (!Goes(step, packet, registers))
                return null;
        }

        return null;
    }

    private bool Goes(Expression step, Packet packet, Span<byte> registers)
    {
        switch (step)
        {
            case Payload(var from, var offset, var length, var register):
                var bytes = from == Header.Network ? packet.Network : packet.Transport;
                if (offset + length > bytes.Length)
                    return false;
                Store(registers, register, bytes.AsSpan(offset, length));
                return true;
            case Meta(var key, var register):
                Store(registers, register, Known(key, packet));
                return true;
            case State(var register):
                Store(registers, register, Native((uint)packet.State).Span);
                return true;
            case Source(var fact, var register):
                Store(registers, register, Native(fact == SourceFact.AddressType ? (packet.FromNode ? 2u : 1u) : packet.OnReversePath ? 1u : 0u).Span);
                return true;
            case And(var register, var mask):
                for (var i = 0; i < mask.Length; i++)
                    registers[At(register) + i] &= mask.Span[i];
                return true;
            case Compare(var register, var equal, var against):
                return registers.Slice(At(register), against.Length).SequenceEqual(against.Span) == equal;
            case Within(var register, var first, var last):
                return registers[At(register)] >= first && registers[At(register)] <= last;
            case Find(var set, var key, var wanted):
                return Look(set, registers.Slice(At(key), set.KeyLength)) is not null == wanted;
            case Map(var map, var key, var register):
                if (Look(map, registers.Slice(At(key), map.KeyLength)) is not { } value)
                    return false;
                Store(registers, register, Network((uint)value).Span);
                return true;
            default:
                return true;
        }
    }

    private static int At(int register) => 4 * (register - FirstRegister);

    // Whole registers are written: what a short value does not fill is zero.
    private static void Store(Span<byte> registers, int register, ReadOnlySpan<byte> value)
    {
        registers.Slice(At(register), (value.Length + 3) & ~3).Clear();
        value.CopyTo(registers[At(register)..]);
    }

    private static ReadOnlySpan<byte> Known(MetaKey key, Packet packet)
    {
        switch (key)
        {
            case MetaKey.Family:
                return new[] { packet.Family == IpFamily.V4 ? (byte)2 : (byte)10 };
            case MetaKey.Protocol:
                return new[] { packet.Protocol };
            case MetaKey.PacketType:
                return new[] { packet.PacketType };
            default:
                var name = new byte[16];
                Encoding.UTF8.GetBytes(key == MetaKey.InputName ? packet.InputInterface : packet.OutputInterface, name);
                return name;
        }
    }

    private ulong? Look(MapShape map, ReadOnlySpan<byte> bytes)
    {
        // A first packet belongs to no connection that was cut.
        if (map.Kind == MapKind.Expiring)
            return null;
        var key = map.Read(bytes);
        if (!map.IsRange)
            return holds(map).TryGetValue(key, out var value) ? value : null;
        // Ranges of a concatenation share their first fields, so that order by the whole key is order within them.
        var all = ranges[map.Name];
        int low = 0, high = all.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (key.First < all[middle].Key.First)
                high = middle - 1;
            else if (key.First > all[middle].Key.Second)
                low = middle + 1;
            else
                return all[middle].Value;
        }

        return null;
    }
}
