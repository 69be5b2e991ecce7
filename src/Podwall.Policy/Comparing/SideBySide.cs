using Podwall.Policy.Reaching;

namespace Podwall.Policy.Comparing;

/// <summary>
/// Holds two connectivities against each other, one destination at a time. Into a namespace that has changed, every source
/// is compared; into any other, only the sources of namespaces that have changed.
/// </summary>
internal sealed class SideBySide
{
    private readonly MatchedClass[] all;
    private readonly MatchedClass[] changed;
    private readonly Half before;
    private readonly Half after;

    public SideBySide(Connectivity before, Connectivity after, Matching matching)
    {
        all = matching.Classes;
        changed = [.. all.Where(c => c.HasChanged)];
        this.before = new(before, changed.Select(c => c.Before));
        this.after = new(after, changed.Select(c => c.After));
    }

    public IEnumerable<ReachChange> ChangesInto(MatchedClass destination)
    {
        before.Read(destination.Before, destination.HasChanged);
        after.Read(destination.After, destination.HasChanged);
        Dictionary<Difference, List<MatchedClass>>? differing = null;
        foreach (var source in destination.HasChanged ? all : changed)
        {
            var (was, now) = (before.From(source.Before), after.From(source.After));
            // A pod alone in its class meets nobody but itself there.
            if (was == now || (source == destination && source.Pods.Count == 1))
                continue;
            foreach (var difference in Differences(was, now, areBothDual: AreDual(source.Before, destination.Before) && AreDual(source.After, destination.After)))
            {
                if (!(differing ??= []).TryGetValue(difference, out var sources))
                    differing[difference] = sources = [];
                sources.Add(source);
            }
        }

        return differing is null ? [] : differing.Select(d => new ReachChange(d.Value.ToValueList(), destination, d.Key.Added, d.Key.Removed, d.Key.OnlyOver));
    }

    private static bool AreDual(PodClass from, PodClass to) => (from.Families & to.Families) == IpFamilies.Both;

    private static IEnumerable<Difference> Differences(Passing was, Passing now, bool areBothDual)
    {
        if (!areBothDual)
            return Some(Difference.Of(was.OverV4.Union(was.OverV6), now.OverV4.Union(now.OverV6)));
        var (v4, v6) = (Difference.Of(was.OverV4, now.OverV4), Difference.Of(was.OverV6, now.OverV6));
        return v4 == v6 ? [v4] : [.. Some(v4.Common(v6)), .. Some(v4.Besides(v6, IpFamily.V4)), .. Some(v6.Besides(v4, IpFamily.V6))];

        static IEnumerable<Difference> Some(Difference difference) => difference.Added.IsNone && difference.Removed.IsNone ? [] : [difference];
    }

    private sealed record Difference(Traffic Added, Traffic Removed, IpFamily? OnlyOver = null)
    {
        public static Difference Of(Traffic was, Traffic now) => new(now.Except(was), was.Except(now));

        public Difference Common(Difference other) => new(Added.Intersect(other.Added), Removed.Intersect(other.Removed));

        public Difference Besides(Difference other, IpFamily only) => new(Added.Except(other.Added), Removed.Except(other.Removed), only);
    }

    public IEnumerable<OutsideChange> OutsideOf(MatchedClass pods, Direction direction)
    {
        var (was, now) = (before.Outside(pods.Before, direction), after.Outside(pods.After, direction));
        return was.AsSpan().SequenceEqual(now.AsSpan()) ? [] :
            from w in was
            from n in now
            where w.Traffic != n.Traffic
            let change = (Added: n.Traffic.Except(w.Traffic), Removed: w.Traffic.Except(n.Traffic))
            group w.Addresses.Intersect(n.Addresses) by change into changes
            let addresses = AddressSet.Of(changes.SelectMany(a => a.Ranges))
            where !addresses.IsEmpty
            select new OutsideChange(pods, direction, addresses, changes.Key.Added, changes.Key.Removed);
    }

    /// <summary>What a class may send, by family; of a family that the two ends do not have in common it says nothing.</summary>
    private readonly record struct Passing(Traffic OverV4, Traffic OverV6)
    {
        public static Passing None { get; } = new(Traffic.None, Traffic.None);
    }

    /// <summary>One of the two, and what it lets into the destination that was read last.</summary>
    private sealed class Half(Connectivity connectivity, IEnumerable<PodClass> changed)
    {
        private readonly View[] narrow = connectivity.Within(BitRow.Of(changed.Select(c => c.Index).Distinct()));
        private readonly Passing[] from = [.. Enumerable.Repeat(Passing.None, connectivity.ClassCount)];
        private readonly List<int> heard = [];

        public Passing From(PodClass source) => from[source.Index];

        public void Read(PodClass destination, bool fromAll)
        {
            foreach (var source in heard)
                from[source] = Passing.None;
            heard.Clear();
            foreach (var inflow in fromAll ? connectivity.Into(destination) : connectivity.Into(destination, narrow))
            {
                var passing = inflow.JudgedOnce ? new(inflow.Traffic, inflow.Traffic) : new Passing(inflow.OverV4, inflow.OverV6);
                foreach (var source in inflow.Row.Members())
                {
                    from[source] = passing;
                    heard.Add(source);
                }
            }
        }

        /// <summary>A partition of all addresses, those with no traffic too.</summary>
        public ValueList<OutsideReach> Outside(PodClass pods, Direction direction)
        {
            var parts = connectivity.Outside(pods, direction);
            var rest = AddressSet.Everything.Except(AddressSet.Of(parts.SelectMany(p => p.Addresses.Ranges)));
            return rest.IsEmpty ? parts : [.. parts, new(rest, Traffic.None)];
        }
    }
}
