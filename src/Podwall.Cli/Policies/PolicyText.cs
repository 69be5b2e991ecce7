using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Policies;

/// <summary>Policies for a person: a table of all, or one in sentences.</summary>
internal static class PolicyText
{
    private const int NamedWorkloads = 12;

    public static void WriteTable(Paper paper, IReadOnlyList<PolicySummary> policies)
    {
        if (policies.Count == 0)
        {
            paper.Line("There are no NetworkPolicies in the input: every pod is open.");
            return;
        }

        paper.Columns(
        [
            [new("POLICY", Ink.Dim), new("SUBJECT", Ink.Dim), new("PODS", Ink.Dim), new("INGRESS", Ink.Dim), new("EGRESS", Ink.Dim), new("WHERE", Ink.Dim)],
            .. policies.Select(p => new[]
            {
                new($"{p.Policy.Id}", Ink.Strong), p.Policy.Subject == Selector.Everything ? "all pods" : $"{p.Policy.Subject}",
                new($"{p.Pods}", p.Pods == 0 ? Ink.Caution : Ink.Plain), Rules(p, Direction.Ingress), Rules(p, Direction.Egress),
                new(p.Position is { } at ? $"{at.File}:{at.Line}" : "", Ink.Dim),
            }),
        ]);
    }

    private static Piece Rules(PolicySummary summary, Direction direction) => summary.Policy.Rules(direction) switch
    {
        null => new Piece(summary.Inert.Contains(direction) ? "not governed (rules without effect)" : "not governed", summary.Inert.Contains(direction) ? Ink.Caution : Ink.Dim),
        { Count: 0 } => new Piece("nothing", Ink.Bad),
        var rules when rules.Value.Any(r => r.AnyPeer && r.AnyPort) => new Piece("everything", Ink.Good),
        var rules => Plural.Of(rules.Value.Count, "rule"),
    };

    public static void Write(Paper paper, PolicySummary summary)
    {
        var policy = summary.Policy;
        paper.Line(new Piece($"{policy.Id}", Ink.Strong), new Piece(summary.Position is { } at ? $"   ({at.File}:{at.Line})" : "", Ink.Dim)).Line();
        paper.Line($"  governs  {PeerWords.Of(policy.Subject)} of namespace {policy.Id.Namespace}", summary.Pods == 0 ? new Piece("; there is none now", Ink.Caution) : $": {summary.Pods} now");
        foreach (var workload in summary.Workloads.Take(NamedWorkloads))
            paper.Line($"             {workload}");
        if (summary.Workloads.Count > NamedWorkloads)
            paper.Line($"             and {summary.Workloads.Count - NamedWorkloads} more workloads");
        Write(paper, summary, Direction.Ingress);
        Write(paper, summary, Direction.Egress);
    }

    private static void Write(Paper paper, PolicySummary summary, Direction direction)
    {
        var (name, verb) = direction == Direction.Ingress ? ("ingress", "let in") : ("egress ", "let out to");
        paper.Line();
        if (summary.Policy.Rules(direction) is not { } rules)
        {
            paper.Line($"  {name}  not governed by this policy", summary.Inert.Contains(direction)
                ? new Piece($"; it has {name.Trim()} rules, but policyTypes does not list {direction}, so they have no effect", Ink.Caution) : "");
            return;
        }

        paper.Line($"  {name}  isolated; ", rules.Count == 0 ? new Piece($"nothing is {verb.Split(' ')[0]}{(direction == Direction.Ingress ? " in" : " out")}", Ink.Bad) : $"{verb}:");
        foreach (var (rule, index) in rules.Select((r, i) => (r, i)))
        {
            if (rule.AnyPeer)
                paper.Line($"             {index + 1}. anybody, inside or outside the cluster, {PeerWords.Of(rule.Ports)}");
            foreach (var (peer, number) in rule.Peers.Select((p, i) => (p, i)))
                paper.Line($"             {(number == 0 ? $"{index + 1}." : "  ")} {(number == 0 ? "" : "or ")}{summary.Words(peer)}{(number == rule.Peers.Count - 1 ? $", {PeerWords.Of(rule.Ports)}" : "")}");
        }

        paper.Line("           what no policy lets through is denied; other policies may let through more");
    }
}
