namespace Podwall.Policy.Linting.Rules;

/// <summary>DNS over UDP alone: long answers come over TCP.</summary>
internal sealed class DnsWithoutTcp : LintRule
{
    public override string Id => "dns-without-tcp";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "DNS is allowed over UDP and not over TCP";

    public override string Explanation =>
        """
        An answer that does not fit into a datagram is cut short, and the resolver asks again over TCP 53. Where that is denied, exactly the
        names with long answers fail, now and then.
        Found where pods may ask the cluster's DNS over UDP and not over TCP.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        DnsServers servers = new(context);
        foreach (var side in context.Compiled.Blocks.SelectMany(b => b.Groups).Where(g => g.Egress is not null).GroupBy(g => g.Egress!))
        {
            if (!side.All(g => servers.AllowedTo(g, Protocol.Udp)) || side.Any(g => servers.AllowedTo(g, Protocol.Tcp)))
                continue;
            if (side.Key.Rules.FirstOrDefault(r => r.Numbered.Contains(Protocol.Udp, 53)) is { } rule)
                yield return Find(LintPlace.Of(rule.Id), $"{Wording.Few(side.SelectMany(g => g.Pods))} may ask DNS over UDP only; answers that are too long for it do not come") with
                {
                    Matter = string.Join(", ", side.Key.Policies),
                    Examples = [servers.Example(side.First(), Protocol.Tcp)],
                    Fix = "Add TCP 53 to the ports: {protocol: TCP, port: 53}.",
                };
        }
    }
}
