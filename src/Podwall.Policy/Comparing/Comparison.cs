using Podwall.Policy.Reporting;

namespace Podwall.Policy.Comparing;

/// <summary>From the exact difference of two snapshots to what a reader wants of it.</summary>
internal sealed class Comparison
{
    // Each costs a comparison of its own, which takes the longer the larger the cluster is.
    private const int MostPoliciesTried = 40;
    private const int ClassesCompared = 100_000;

    private readonly Compiled before;
    private readonly Compiled after;
    private readonly Futures futures;
    private readonly Compiled futureBefore;
    private readonly Compiled futureAfter;

    public Comparison(Compiled before, Compiled after)
    {
        (this.before, this.after) = (before, after);
        futures = new(before.Snapshot, after.Snapshot);
        (futureBefore, futureAfter) = (before.Update(futures.Before), after.Update(futures.After));
    }

    public PolicyDiff Report()
    {
        var (earlier, later) = (Connectivity.Of(futureBefore), Connectivity.Of(futureAfter));
        var diff = ReachDiff.Between(earlier, later);
        Causes causes = new(earlier, later);
        var undecided = new Undecided(before, after).Find(diff.Matched);
        var paths = Paths(diff).ToList();
        return new()
        {
            Before = before,
            After = after,
            Opened = Of(p => p.Opens && !p.IsFuture, undecided.Settle),
            Closed = Of(p => !p.Opens && !p.IsFuture, undecided.Settle),
            NewPods = diff.OnlyAfter,
            GonePods = diff.OnlyBefore,
            OpenedToNew = Joined(ToNew(diff.OnlyAfter, later)).Select(p => causes.OfNew(p.From, p.To, p.Traffic)).ToValueList(),
            FutureOpened = Least(Of(p => p.Opens && p.IsFuture, p => [p])),
            FutureClosed = Least(Of(p => !p.Opens && p.IsFuture, p => [p])),
            TriedEveryFuture = futures.AreAll,
            Undecided = undecided.Changes,
            Policies = Policies(diff, later),
        };

        ValueList<PathChange> Of(Func<Path, bool> picks, Func<Path, IEnumerable<Path>> settled) =>
            Joined(paths.Where(picks).SelectMany(settled)).Select(p => p.Opens ? causes.OfOpened(p.From, p.To, p.Traffic, p.OnlyOver) : causes.OfClosed(p.From, p.To, p.Traffic, p.OnlyOver)).ToValueList();
    }

    private static IEnumerable<Path> Paths(ReachDiff diff)
    {
        foreach (var change in diff.Changes.AsEnumerable())
            foreach (var source in change.From.AsEnumerable())
                foreach (var (opens, traffic) in ((bool, Traffic)[])[(true, change.Added), (false, change.Removed)])
                    if (!traffic.IsNone)
                        foreach (var (from, to, isFuture) in Apart(source.Pods, change.To.Pods))
                            yield return new(PathEnd.Of(from), PathEnd.Of(to), traffic, change.OnlyOver, opens, isFuture);
        foreach (var change in diff.Outside.AsEnumerable())
            foreach (var (opens, traffic) in ((bool, Traffic)[])[(true, change.Added), (false, change.Removed)])
                if (!traffic.IsNone)
                {
                    var present = change.Pods.Pods.Where(p => !Futures.IsFuture(p)).ToValueList();
                    var (pods, outside) = (PathEnd.Of(present.Count > 0 ? present : change.Pods.Pods), PathEnd.Of(change.Addresses));
                    yield return change.Direction == Direction.Ingress
                        ? new(outside, pods, traffic, null, opens, present.Count == 0)
                        : new(pods, outside, traffic, null, opens, present.Count == 0);
                }
    }

    /// <summary>Pods of today among themselves, else one of either end that is still to come; pods that are alike tell nothing of each other.</summary>
    private static IEnumerable<(ValueList<Pod> From, ValueList<Pod> To, bool IsFuture)> Apart(ValueList<Pod> from, ValueList<Pod> to)
    {
        var (here, there) = (from.Where(p => !Futures.IsFuture(p)).ToValueList(), to.Where(p => !Futures.IsFuture(p)).ToValueList());
        // A pod that is one of its kind meets another of the kind only once there is one.
        if (here is [{ StandsForReplicas: false } only] && there is [var same] && only.Id == same.Id)
            here = [];
        yield return here.Count > 0 && there.Count > 0 ? (here, there, false) : (here.Count > 0 ? here : [from[^1]], there.Count > 0 ? there : [to[^1]], true);
    }

    // What reaches both ways between the same ends is one line: first by destination, then by source.
    internal static IEnumerable<Path> Joined(IEnumerable<Path> paths) => paths
        .GroupBy(p => (p.To, p.Traffic, p.OnlyOver, p.Opens, p.From.IsOutside, p.From.Addresses))
        .Select(g => g.First() with { From = g.Key.IsOutside ? g.First().From : PathEnd.Of(Sorted(g.SelectMany(p => p.From.Pods))) })
        .GroupBy(p => (p.From, p.Traffic, p.OnlyOver, p.Opens, p.To.IsOutside, p.To.Addresses))
        .Select(g => g.First() with { To = g.Key.IsOutside ? g.First().To : PathEnd.Of(Sorted(g.SelectMany(p => p.To.Pods))) })
        .OrderBy(p => p.To.IsOutside).ThenBy(p => Name(p.To), StringComparer.Ordinal).ThenBy(p => Name(p.From), StringComparer.Ordinal);

    private static string Name(PathEnd end) => end.IsOutside ? $"{end.Addresses}" : $"{end.Pods[0].Id}";

    private static ValueList<Pod> Sorted(IEnumerable<Pod> pods) =>
        pods.DistinctBy(p => p.Id).OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Id.Name, StringComparer.Ordinal).ToValueList();

    /// <summary>Of kinds of future pods that meet the same end, the one with the fewest labels stands for all; and a pod of today for those like it.</summary>
    private ValueList<PathChange> Least(ValueList<PathChange> changes) => changes.Select(c => c with { From = Least(c.From), To = Least(c.To) }).DistinctBy(c => (c.From, c.To, c.Traffic, c.OnlyOver)).ToValueList();

    private PathEnd Least(PathEnd end)
    {
        var (today, toCome) = (end.Pods.Where(p => !Futures.IsFuture(p)).ToValueList(), end.Pods.Where(Futures.IsFuture));
        var unlike = toCome.Where(f => !today.Any(p => p.Namespace == f.Namespace && f.Labels.All(l => p.Labels[l.Key] == l.Value)));
        return end with { Pods = today, Future = [.. unlike.GroupBy(p => p.Namespace).Select(n => futures.Describe(n.MinBy(p => p.Labels.Count)!))] };
    }

    private IEnumerable<Path> ToNew(ValueList<Pod> added, Connectivity later)
    {
        if (added.Count == 0)
            yield break;
        var isNew = added.Select(p => p.Id).ToHashSet();
        foreach (var to in later.Classes)
            foreach (var inflow in later.Into(to).Where(i => !i.Traffic.IsNone))
                foreach (var from in inflow.Sources)
                {
                    // Whom no policy isolates, every new pod reaches: that is nothing that the change opened.
                    if (to.IsIsolated(Direction.Ingress) && New(from) is { Count: > 0 } senders && Old(to) is { Count: > 0 } receivers)
                        yield return new(PathEnd.Of(senders), PathEnd.Of(receivers), inflow.Traffic, null, Opens: true, IsFuture: false);
                    if (from.IsIsolated(Direction.Egress) && Old(from) is { Count: > 0 } old && New(to) is { Count: > 0 } newcomers)
                        yield return new(PathEnd.Of(old), PathEnd.Of(newcomers), inflow.Traffic, null, Opens: true, IsFuture: false);
                }

        ValueList<Pod> New(PodClass member) => member.Pods.Where(p => isNew.Contains(p.Id)).ToValueList();

        ValueList<Pod> Old(PodClass member) => member.Pods.Where(p => !isNew.Contains(p.Id) && !Futures.IsFuture(p)).ToValueList();
    }

    private ValueList<PolicyChange> Policies(ReachDiff diff, Connectivity later)
    {
        var most = Math.Min(MostPoliciesTried, ClassesCompared / Math.Max(1, later.Classes.Count));
        var (was, now) = (before.Snapshot.Policies.ToDictionary(p => p.Id), after.Snapshot.Policies.ToDictionary(p => p.Id));
        var edited = was.Keys.Union(now.Keys).Order().Where(id => was.GetValueOrDefault(id) is var w && now.GetValueOrDefault(id) is var n && !Equals(w, n)).ToArray();
        var isQuiet = diff.Changes.Count + diff.Outside.Count + diff.OnlyBefore.Count + diff.OnlyAfter.Count == 0;
        return [.. edited.Select(id => new PolicyChange(id, !was.ContainsKey(id) ? PolicyEdit.Added : !now.ContainsKey(id) ? PolicyEdit.Removed : PolicyEdit.Edited,
            isQuiet ? EditReach.Nothing : edited.Length > most ? EditReach.NotTried : ReachOf(id, was.GetValueOrDefault(id), later)))];
    }

    /// <summary>What would be otherwise if this policy alone were as it was.</summary>
    private EditReach ReachOf(PolicyId id, NetworkPolicy? was, Connectivity later)
    {
        var block = futureAfter.Snapshot.Find(id.Namespace)!;
        var reverted = futureAfter.Update(futureAfter.Snapshot.With(block.With(policies: block.Policies.Where(p => p.Id != id).Concat(was is null ? [] : [was]))));
        var paths = Paths(ReachDiff.Between(Connectivity.Of(reverted), later)).ToList();
        return paths.Count == 0 ? EditReach.Nothing : paths.All(p => p.IsFuture) ? EditReach.FuturePods : EditReach.Traffic;
    }
}

/// <summary>A piece of the difference, before it is joined with others and explained.</summary>
internal sealed record Path(PathEnd From, PathEnd To, Traffic Traffic, IpFamily? OnlyOver, bool Opens, bool IsFuture);
