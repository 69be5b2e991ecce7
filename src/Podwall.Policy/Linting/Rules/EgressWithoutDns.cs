using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Pods that may connect to something, and may not ask for its address.</summary>
internal sealed class EgressWithoutDns : LintRule
{
    public override string Id => "egress-without-dns";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "egress is allowed somewhere, but not to DNS, so that names do not resolve";

    public override string Explanation =>
        """
        Once a policy governs egress, DNS is denied like everything else. A program that connects by name then fails before it
        connects: "bad address", while the same flow to an IP address works.
        Found where pods may send something and cannot send UDP 53 (the DNS pods' own port, where they name one) to the cluster's DNS
        pods, nor to any address outside. Egress that is denied altogether is no finding: nothing is left to resolve a name for. Nor is it
        one where a DNS cache runs on every node, since a pod always reaches its own node. Where only addresses are allowed, it is a note.
        """;

    public override (string Wrong, string Right) Shown => (
        """
        egress:
        - to: [{podSelector: {matchLabels: {app: api}}}]
        """,
        """
        egress:
        - to: [{podSelector: {matchLabels: {app: api}}}]
        - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
          ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
        """);

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        DnsServers servers = new(context);
        return servers.AreOnEveryNode ? [] : context.Compiled.Blocks.SelectMany(b => Check(context, servers, b));
    }

    private IEnumerable<LintFinding> Check(LintContext context, DnsServers servers, CompiledBlock block)
    {
        foreach (var groups in block.Groups.Where(g => g.Egress is not null).GroupBy(g => g.Egress!))
        {
            if (!groups.Key.Rules.Any(DnsServers.LetsSomething) || groups.All(g => servers.AllowedTo(g, Protocol.Udp)))
                continue;
            var cut = groups.First(g => !servers.AllowedTo(g, Protocol.Udp));
            var rule = groups.Key.Rules.First(DnsServers.LetsSomething);
            var byAddress = groups.Key.Rules.Where(DnsServers.LetsSomething).All(r => !r.AnyPeer && r.Here.Length == 0 && r.Elsewhere.Length == 0);
            yield return Find(LintPlace.Of(rule.Id.Policy, "spec.egress"),
                $"{Wording.Few(groups.SelectMany(g => g.Pods))} may send, but not to DNS: names do not resolve there") with
            {
                Severity = byAddress ? LintSeverity.Note : Severity,
                Matter = string.Join(", ", groups.Key.Policies),
                Fix = $"Add an egress rule, here or in a policy of its own: {servers.RuleText}",
                Examples = [servers.Example(cut, Protocol.Udp)],
                Related = groups.Key.Policies.Where(p => p != rule.Id.Policy).Select(p => LintPlace.Of(p)).ToValueList(),
            };
        }
    }
}
