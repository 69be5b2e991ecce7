namespace Podwall.Policy.Explaining;

/// <summary>
/// Says why a flow was decided as it was. The verdict is the engine's; the findings read the policies as written, term by
/// term, and a property holds that the two always agree.
/// </summary>
public static class Explainer
{
    public static Explanation Explain(this Compiled compiled, in Flow flow)
    {
        var decision = compiled.Decide(flow);
        var family = decision.DecidedIn;
        return new(flow, decision,
            Side(compiled.Snapshot, Direction.Egress, flow.From, flow, decision.Egress, family),
            Side(compiled.Snapshot, Direction.Ingress, flow.To, flow, decision.Ingress, family));
    }

    private static SideExplanation Side(Snapshot snapshot, Direction direction, Endpoint subject, in Flow flow, Decision decision, IpFamilies family)
    {
        var peer = direction == Direction.Egress ? flow.To : flow.From;
        var side = new SideExplanation(direction, subject, peer, decision);
        if (decision.Why is not (Reason.Matched or Reason.NothingMatched))
            return side;
        var question = new Question(snapshot, direction, flow, peer, family);
        var isolating = snapshot.Find(subject.Pod!.Namespace)!.Policies
            .Where(p => p.Governs(direction) && p.Subject.Selects(subject.Pod.Labels)).ToArray();
        var rules = isolating.SelectMany(p => p.Rules(direction)!.Value.Select((r, i) => question.Ask(r, new(p.Id, direction, i)))).ToValueList();
        return side with
        {
            IsolatedBy = isolating.Select(p => p.Id).ToValueList(),
            Rules = rules,
            Assumed = question.Assumed,
        };
    }
}
