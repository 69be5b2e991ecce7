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
    // What was cut and may be allowed again.
    private readonly List<Way> cut = [];

    /// <summary>Remembers what an earlier agent cut, so that it is lifted when policy allows it again.</summary>
    public void TakeOver() => cut.AddRange(table.Tombs().Where(t => t.IsOriginal).Select(t => t.Way));

    /// <summary>Cuts what is denied now, and lets what is allowed again be judged anew.</summary>
    /// <param name="isNode">The node's own addresses, whose traffic no policy governs.</param>
    /// <returns>How many connections were cut.</returns>
    public int Cut(Contents contents, Func<Address, bool> isNode)
    {
        Interpreter interpreter = new(contents);
        var denied = conntrack.Find(c => Concerns(c.Judged) && !Lets(c.Judged));
        table.Bury([.. denied.Select(d => d.Connection.Judged).Where(w => w.HasPorts).SelectMany(Tomb.Of)]);
        conntrack.Forget(denied);
        var lifted = cut.Where(Lets).ToList();
        table.Lift([.. lifted.SelectMany(Tomb.Of)]);
        cut.RemoveAll(lifted.Contains);
        cut.AddRange(denied.Select(d => d.Connection.Judged).Where(w => w.HasPorts));
        // Silence ends most of them; what is lifted later is looked up first.
        const int Most = 100_000;
        cut.RemoveRange(0, Math.Max(0, cut.Count - Most));
        return denied.Count;

        bool Concerns(Way way) => !isNode(way.Source) && (IsLocal(way.Source) || IsLocal(way.Destination));
        bool IsLocal(Address address) => contents[Maps.Instance.Ready[address.Family]][new(address.Bits)] is not null;
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
