using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Policy.Suggesting;

namespace Podwall.Explorer;

/// <summary>Questions about flows, answered in words that a page can show as they are.</summary>
public sealed class Asking(Manifests manifests, Compiled compiled, string? ns = null)
{
    private const int MostRemedies = 3;
    private const int MostEffects = 6;

    private readonly Lazy<Questions> questions = new(() => new(manifests, compiled, ns));

    public AskReply Ask(AskQuestion question)
    {
        List<string> problems = [];
        if (questions.Value.Ends(question.From.Trim(), question.To.Trim(), problems) is not var (sources, targets, port, throughService))
            return AskReply.Wrong([.. problems.Select(Spoken)]);
        if (port is null)
            return new([], Traffics(sources, targets), ["Without a port, everything that may pass is shown. Add a port, such as :80 or :53/udp, to see why."]);
        List<Flow> flows = [];
        foreach (var target in targets.Ends)
        {
            if (questions.Value.Resolve(target, throughService ? targets.Service : null, port, out var resolved) is { } problem)
                problems.Add(problem);
            else
                flows.AddRange(sources.Ends.Select(s => new Flow(s, target, resolved.Protocol, resolved.Port)));
        }

        if (flows.Count == 0)
            return AskReply.Wrong([.. problems.Distinct()]);
        Answer[] answers =
        [
            .. flows.GroupBy(f => (compiled.Decide(f), f.Port)).Select(same => Explain(same.First(), question.Remedies) with { Alike = same.Count() - 1 }).OrderBy(a => a.IsAllowed),
        ];
        string[] translated = throughService ? [$"Service {targets.Service} is a name for its pods: policies judge the packet after its translation, at the pods' own port."] : [];
        return new([], answers, [.. problems.Distinct(), .. translated]);
    }

    /// <summary>One flow, with the place of every rule that had a say.</summary>
    public Answer Explain(in Flow flow, bool withRemedies)
    {
        var explanation = compiled.Explain(flow);
        var port = flow.Protocol == Protocol.Icmp ? "" : $" {flow.Port}";
        return new($"{flow.From}", $"{flow.To}", $"{flow.Protocol.Name()}{port}", explanation.Verdict == Verdict.Allow)
        {
            Sides = [SideOf(explanation.Egress), SideOf(explanation.Ingress)],
            Notes =
            [
                .. explanation.Decision.FamiliesDiffer ? [$"Only over {(explanation.Decision.AllowedOver == IpFamilies.V4 ? "IPv4; IPv6" : "IPv6; IPv4")} is denied."] : (string[])[],
                .. ((Endpoint[])[flow.From, flow.To]).SelectMany(e => e.Contenders.Select(c => $"{c} claims the address of {e}, too; only what both may do is allowed.")),
                .. explanation.Assumed.Select(a => $"Assumed: {a}."),
            ],
            Remedies = withRemedies ? [.. Suggestions.For(compiled, explanation, MostRemedies).Select(RemedyOf)] : [],
        };
    }

    private Answer[] Traffics(NamedEnds sources, NamedEnds targets) =>
    [
        .. sources.Ends.SelectMany(s => targets.Ends.Select(t => (From: s, To: t)))
            .GroupBy(p => compiled.TrafficBetween(p.From, p.To))
            .Select(same => new Answer($"{same.First().From}", $"{same.First().To}", $"{same.Key}", !same.Key.IsNone) { Alike = same.Count() - 1 }),
    ];

    // Where it is allowed, the rules that allow it are the answer; where not, each rule owes its reason.
    private Side SideOf(SideExplanation side)
    {
        var allowed = side.Decision.IsAllowed;
        return new($"{side.Direction}".ToLowerInvariant(), $"{side.Subject}", allowed, ReasonText.Of(side.Decision.Why, side.Subject),
            [.. side.Rules.Where(r => !allowed || r.Allows).SelectMany(r => Lines(r, allowed))]);
    }

    private IEnumerable<RuleLine> Lines(RuleFinding finding, bool allowed)
    {
        var (sources, rule) = (manifests.Sources, $"rule {finding.Id.Index + 1} of {finding.Id.Policy.Name}");
        if (finding.Rule.AnyPeer)
            yield return new($"{rule}, any peer", "", SourceLine.Of(sources.Of(finding.Id)));
        foreach (var peer in finding.Peers.Where(p => !allowed || p.Matches))
            yield return new($"{rule}, peer {peer.Index + 1}: {peer.Peer}", $"{peer.Why}", SourceLine.Of(sources.OfPeer(finding.Id, peer.Index) ?? sources.Of(finding.Id)));
        foreach (var port in finding.Ports.Where(p => allowed ? p.Matches : !p.Matches && finding.PeerMatches && !finding.PortMatches))
            yield return new($"{rule}, port {port.Port}", $"{port.Why}", SourceLine.Of(sources.OfPort(finding.Id, port.Index)));
    }

    private static Remedy RemedyOf(Suggestion suggestion)
    {
        var verb = suggestion.Opens ? "opens" : "closes";
        return new(
            string.Join(", and ", suggestion.Changes.Select(c => $"{c}")),
            string.Join('\n', suggestion.Changes.SelectMany(PolicyYaml.Of)),
            suggestion.Effects.Count == 0 ? [$"{verb} nothing else"] :
            [
                .. suggestion.Effects.Take(MostEffects).Select(e => $"also {verb}: {e}".Replace(" -> ", " → ", StringComparison.Ordinal)),
                .. suggestion.Effects.Count > MostEffects ? [$"and {suggestion.Effects.Count - MostEffects} more"] : (string[])[],
            ]);
    }

    private static string Spoken(string problem) => problem.Replace("--from: ", "From: ").Replace("--to: ", "To: ").Replace("--from takes", "From takes");
}
