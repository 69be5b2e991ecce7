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
        Dictionary<(Traffic Added, Traffic Removed), List<MatchedClass>>? differing = null;
        foreach (var source in destination.HasChanged ? all : changed)
        {
            var (was, now) = (before.From(source.Before), after.From(source.After));
            // A pod alone in its class meets nobody but itself there.
            if (ReferenceEquals(was, now) || was == now || (source == destination && source.Pods.Count == 1))
                continue;
            var difference = (now.Except(was), was.Except(now));
            if (!(differing ??= []).TryGetValue(difference, out var sources))
                differing[difference] = sources = [];
            sources.Add(source);
        }

        return differing is null ? [] : differing.Select(d => new ReachChange(d.Value.ToValueList(), destination, d.Key.Added, d.Key.Removed));
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

    /// <summary>One of the two, and what it lets into the destination that was read last.</summary>
    private sealed class Half(Connectivity connectivity, IEnumerable<PodClass> changed)
    {
        private readonly View[] narrow = connectivity.Within(BitRow.Of(changed.Select(c => c.Index).Distinct()));
        private readonly Traffic?[] from = new Traffic?[connectivity.ClassCount];
        private readonly List<int> heard = [];

        public Traffic From(PodClass source) => from[source.Index] ?? Traffic.None;

        public void Read(PodClass destination, bool fromAll)
        {
            foreach (var source in heard)
                from[source] = null;
            heard.Clear();
            foreach (var inflow in fromAll ? connectivity.Into(destination) : connectivity.Into(destination, narrow))
            {
                var traffic = inflow.Traffic;
                foreach (var source in inflow.Row.Members())
                {
                    from[source] = traffic;
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
