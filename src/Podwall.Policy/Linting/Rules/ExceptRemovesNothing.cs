namespace Podwall.Policy.Linting.Rules;

/// <summary>An exception that takes nothing away.</summary>
internal sealed class ExceptRemovesNothing : LintRule
{
    public override string Id => "except-removes-nothing";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "an except that removes nothing, because something else allows the same addresses";

    public override string Explanation =>
        """
        except takes addresses out of its own block only. Another block, or a rule without peers, may still allow them: rules only ever add.
        Found where another exception of the same block holds all its addresses (--fix takes the smaller one away), and where other rules or
        blocks for the same pods let the addresses through on all the ports of the rule.
        """;

    public override (string Wrong, string Right) Shown => (
        """
        - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
        - from: [{ipBlock: {cidr: 10.1.0.0/16}}]
        """,
        "- from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (rule.Source.Peers[i] is Peer.Network { Except.Count: > 0 } network)
                    foreach (var finding in Check(context, rule, i, network))
                        yield return finding;
    }

    private IEnumerable<LintFinding> Check(LintContext context, RuleInContext rule, int index, Peer.Network network)
    {
        HashSet<int> gone = [];
        for (var e = network.Except.Count - 1; e >= 0; e--)
        {
            var place = LintPlace.OfPeer(rule.Id, index);
            place = place with { Field = $"{place.Field}.ipBlock.except[{e}]" };
            var others = Enumerable.Range(0, network.Except.Count).Where(o => o != e && !gone.Contains(o)).ToArray();
            var removed = AddressSet.Of(network.Except[e]).Intersect(AddressSet.Of(network.Block)).Except(AddressSet.Of(others.Select(o => network.Except[o].Range)));
            if (removed.IsEmpty)
            {
                gone.Add(e);
                yield return Find(place, $"{network.Except[e]} lies inside {Wording.Few(others.Where(o => AddressSet.Of(network.Except[e]).Intersect(AddressSet.Of(network.Except[o])) is { IsEmpty: false }).Select(o => $"{network.Except[o]}"))}, which is an exception already") with
                {
                    Matter = $"{network} {network.Except[e]}",
                    Severity = LintSeverity.Note,
                    Fix = "Take it away.",
                    Edit = new LintEdit.Remove(place.Field),
                };
            }
            else if (Coverage.OfAddresses(context, rule, removed, skipPeer: index) is { } cover)
                yield return Find(place, $"{network.Except[e]} is let through all the same, by {Wording.Few(cover.Select(c => c == rule.Id ? "another peer of this rule" : c.Spoken))}") with
                {
                    Matter = $"{network} {network.Except[e]}",
                    Examples = context.SubjectsOf(rule.Block, rule.Policy) is [var subject, ..]
                        ? context.ExampleThat(Verdict.Allow, rule.Direction, subject.Pods[0], [context.Compiled.At(Comparing.Causes.AnyOf(removed))], rule.Compiled.TrafficToAddress(subject))
                        : [],
                    Fix = "Take the addresses out of the other block, too; or take this exception away.",
                    Related = cover.Where(c => c != rule.Id).Select(c => LintPlace.Of(c)).ToValueList(),
                };
        }
    }
}
