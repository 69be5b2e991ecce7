using Podwall.Nftables.Interpreting;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>
/// Ends connections that policy no longer allows, and no others. Forgetting a connection alone does not end it: either end
/// may send on and have it tracked anew. So its tuple is buried until it falls silent.
/// </summary>
public sealed class ConnectionCutter(KernelTable table, Conntrack conntrack)
{
    /// <summary>Some connections stay cut, as far as is known, which a change may allow again.</summary>
    public bool Buries { get; private set; } = true;

    /// <summary>Lets what is allowed again be judged anew, and cuts what is denied now.</summary>
    /// <param name="isNode">The node's own addresses: what they send and get no policy governs here.</param>
    /// <returns>How many connections were cut, and of how many tuples it could not be kept that they are: what comes on them is judged as new.</returns>
    public (int Connections, int Forgotten) Cut(Contents contents, Func<Address, bool> isNode)
    {
        Interpreter interpreter = new(contents);
        var denied = conntrack.Find(c => Concerns(c.Judged) && !Lets(c.Judged));
        Buries = table.Tombstones.Lift(Lets) > 0 || denied.Count > 0;
        var forgotten = table.Tombstones.Bury([.. denied.Select(d => d.Connection.Judged).Where(w => w.HasPorts).SelectMany(Tomb.Of)]);
        conntrack.Forget(denied);
        return (denied.Count, forgotten);

        bool Concerns(Way way) => !isNode(way.Source) && !isNode(way.Destination) && (IsLocal(way.Source) || IsLocal(way.Destination));
        bool IsLocal(Address address) => contents.ReadyOf(address)[new(address.Bits)] is not null;
        bool Lets(Way way) => interpreter.LetsThrough(Interpreting.Packet.Opening(way.Source, way.Destination, way.Protocol, way.DestinationPort));
    }

    /// <summary>Forgets every connection of these addresses, whatever allows them: another pod may get them.</summary>
    public void Forget(IReadOnlySet<Address> addresses)
    {
        if (addresses.Count > 0)
            conntrack.Forget(c => c.Holds(addresses.Contains));
    }

    /// <summary>Whether a change may deny what was allowed: additions to most maps can only allow.</summary>
    public static bool MayDeny(IEnumerable<MapDelta> deltas)
    {
        var maps = Maps.Instance;
        return deltas.Any(d => maps.SubjectIngress.Both.Contains(d.Shape) || maps.SubjectEgress.Both.Contains(d.Shape) ? d.Count > 0 : d.Removed.Count > 0);
    }
}
