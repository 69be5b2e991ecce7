namespace Podwall.Policy.Linting.Rules;

/// <summary>The cloud's metadata service lies inside what a policy opens.</summary>
internal sealed class MetadataReachable : LintRule
{
    private static readonly Address[] Services = [Address.Parse("169.254.169.254"), Address.Parse("fd00:ec2::254")];

    public override string Id => "metadata-reachable";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "the cloud's metadata service (169.254.169.254) is reachable through a rule that limits egress";

    public override string Explanation =>
        """
        On most clouds a machine asks http://169.254.169.254 (on AWS also fd00:ec2::254) for its identity, and whoever may ask gets the
        credentials of the node. A pod with egress to "the internet" usually can.
        Found where an ipBlock, or a rule with ports and without peers, lets TCP 80 through to it. A rule that allows everything is no finding: it
        does not claim to limit anything. Where the cloud hides the service from pods, switch the rule off in the configuration.
        """;

    public override (string Wrong, string Right) Shown => (
        "to: [{ipBlock: {cidr: 0.0.0.0/0}}]",
        "to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
        {
            if (rule.Direction != Direction.Egress || rule.Source.AnyPort && rule.Source.AnyPeer || !rule.Compiled.Numbered.Contains(Protocol.Tcp, 80))
                continue;
            if (rule.Source.AnyPeer)
                yield return Found(context, rule, LintPlace.Of(rule.Id), "any peer", Services[0]);
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (rule.Source.Peers[i] is Peer.Network network && Array.FindIndex(Services, network.Addresses.Contains) is >= 0 and var service)
                    yield return Found(context, rule, LintPlace.OfPeer(rule.Id, i), $"{network}", Services[service]);
        }
    }

    private LintFinding Found(LintContext context, RuleInContext rule, LintPlace place, string matter, Address service) =>
        Find(place, $"this lets pods reach the cloud's metadata service at {service}, and with it the node's credentials") with
        {
            Matter = matter,
            Fix = rule.Source.AnyPeer
                ? $"Say who is meant, such as ipBlock: {{cidr: 0.0.0.0/0, except: [{service}/{service.Family.Bits}]}}."
                : $"Take it out: except: [{service}/{service.Family.Bits}].",
            Examples = context.SubjectsOf(rule.Block, rule.Policy) is [var subject, ..]
                && context.Example(Direction.Egress, context.Compiled.At(subject.Pods[0]), context.Compiled.At(service), Traffic.Of(Protocol.Tcp, PortSet.Of(80))) is { Verdict: Verdict.Allow } example ? [example] : [],
        };
}
