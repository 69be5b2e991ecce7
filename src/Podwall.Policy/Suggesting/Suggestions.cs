using Podwall.Policy.Explaining;

namespace Podwall.Policy.Suggesting;

/// <summary>The smallest changes that flip a verdict: fewest additional flows first, each verified by deciding again.</summary>
public static class Suggestions
{
    // A wide selection is already too many to read, and each one costs a compilation.
    private const int MostTried = 24;

    public static ValueList<Suggestion> For(Compiled compiled, Explanation explanation, int most)
    {
        var opens = explanation.Verdict == Verdict.Deny;
        var before = Connectivity.Of(compiled);
        var changes = opens ? ToAllow(compiled, before, explanation) : ToDeny(compiled.Snapshot, explanation);
        var found = changes.Distinct().Take(MostTried).Select(c => Verify(compiled, before, explanation.Flow, c, opens)).OfType<Suggestion>();
        // Of changes of one kind in one place, the smallest stands for all.
        return found.OrderBy(s => s.Cost).ThenBy(s => s.Changes.Sum(c => Governed(compiled.Snapshot, c))).DistinctBy(s => string.Join(';', s.Changes)).Take(most).ToValueList();
    }

    private static IEnumerable<ValueList<Change>> ToDeny(Snapshot snapshot, Explanation explanation)
    {
        var taken = snapshot.Policies.Select(p => p.Id).ToHashSet();
        return Candidates.ToDeny(explanation.Ingress, taken).Concat(Candidates.ToDeny(explanation.Egress, taken));
    }

    private static IEnumerable<ValueList<Change>> ToAllow(Compiled compiled, Connectivity before, Explanation explanation)
    {
        var flow = explanation.Flow;
        SideExplanation[] denied = [.. new[] { explanation.Egress, explanation.Ingress }.Where(s => s.Decision.Verdict == Verdict.Deny)];
        if (denied is [var side])
            return Candidates.ToAllow(side, flow).Select(c => (ValueList<Change>)[c]);
        if (denied is not [var egress, var ingress])
            return [];
        // Both ends deny. A label may satisfy both; else each end needs its own change, and the best of each go together.
        var (out_, in_) = (Best(egress), Best(ingress));
        return Candidates.ToAllow(egress, flow).Concat(Candidates.ToAllow(ingress, flow)).OfType<Change.LabelPods>().Select(c => (ValueList<Change>)[c])
            .Concat(out_.SelectMany(o => in_.Select(i => (ValueList<Change>)[o, i])));

        Change[] Best(SideExplanation side) =>
        [
            .. Candidates.ToAllow(side, flow).Distinct().Take(MostTried)
                .Select(c => (Change: c, Cost: CostOfSide(compiled, before, flow, c, side.Direction)))
                .Where(c => c.Cost is not null).OrderBy(c => c.Cost).ThenBy(c => Governed(compiled.Snapshot, c.Change)).Take(2).Select(c => c.Change),
        ];
    }

    // Of two changes that open as much today, the one in the policy of fewer pods will open less tomorrow.
    private static int Governed(Snapshot snapshot, Change change) => PolicyOf(change) is { } id && snapshot.Find(id) is { } policy
        ? snapshot.Find(id.Namespace)!.Pods.Count(p => policy.Subject.Selects(p.Labels))
        : 0;

    private static PolicyId? PolicyOf(Change change) => change switch
    {
        Change.AddPeer(var rule, _) => rule.Policy,
        Change.AddPort(var rule, _) => rule.Policy,
        Change.AddRule(var policy, _, _) => policy,
        Change.RemoveRule(var rule, _) => rule.Policy,
        _ => null,
    };

    private static double? CostOfSide(Compiled compiled, Connectivity before, in Flow flow, Change change, Direction direction)
    {
        var after = compiled.Update(change.Apply(compiled.Snapshot));
        var decision = after.Decide(Again(after, flow));
        return (direction == Direction.Egress ? decision.Egress : decision.Ingress).IsAllowed ? Effects.Between(before, after, flow, opened: true).Cost : null;
    }

    private static Suggestion? Verify(Compiled compiled, Connectivity before, in Flow flow, ValueList<Change> changes, bool opens)
    {
        var after = compiled.Update(changes.Aggregate(compiled.Snapshot, (snapshot, change) => change.Apply(snapshot)));
        if (after.Decide(Again(after, flow)).IsAllowed != opens)
            return null;
        var (effects, cost) = Effects.Between(before, after, flow, opens);
        return new(changes, opens, effects, cost);
    }

    private static Flow Again(Compiled after, in Flow flow) => flow with { From = Again(after, flow.From), To = Again(after, flow.To) };

    private static Endpoint Again(Compiled after, Endpoint end) => end.Pod is { } pod ? after.At(pod.Id)! : end;
}
