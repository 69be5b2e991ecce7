using Podwall.Policy.Reaching;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Blocks of one family for pods that have both.</summary>
internal sealed class FamilyMissing : LintRule
{
    public override string Id => "family-missing";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "dual-stack pods, and ipBlocks of one address family only";

    public override string Explanation =>
        """
        An IPv4 block says nothing about IPv6 traffic, and the other way round. On pods with both families, outside addresses of the family that
        no block names are all denied: programs that try it first wait for a time-out before they fall back, or fail.
        Found where subjects have addresses of both families and their rules let outside addresses of one family through and none of the other. A
        warning where the block is the whole family, for then everyone was meant.
        """;

    public override (string Wrong, string Right) Shown => ("to: [{ipBlock: {cidr: 0.0.0.0/0}}]", "to: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: \"::/0\"}}]");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
            foreach (var direction in Wording.Both)
            {
                var networks = policy.Rules.Where(r => r.Id.Direction == direction)
                    .SelectMany(r => LintContext.Source(policy.Source, r.Id).Peers.Select((p, i) => (r.Id, Index: i, Peer: p as Peer.Network))).Where(p => p.Peer is not null).ToArray();
                if (networks.Length == 0 || networks.Any(n => n.Peer!.Block.Family != networks[0].Peer!.Block.Family))
                    continue;
                var (id, index, peer) = networks[0];
                var missing = IpFamily.Both.First(f => f != peer!.Block.Family);
                var subject = context.SubjectsOf(block, policy.Source).FirstOrDefault(s => s.Pods.Any(p => p.Addresses.Count > 1)
                    && !OutsideParts.Of(s, direction).Any(o => !o.Addresses.Of(missing).IsEmpty));
                if (subject is null)
                    continue;
                yield return Find(LintPlace.OfPeer(id, index), $"the pods have {peer!.Block.Family} and {missing} addresses, and no {missing} address outside is let {(direction == Direction.Ingress ? "in" : "out to")}") with
                {
                    Matter = direction.Word(),
                    Severity = networks.Any(n => n.Peer!.Block.IsWholeFamily) ? LintSeverity.Warning : Severity,
                    Fix = peer.Block.IsWholeFamily ? $"Add the other family: ipBlock: {{cidr: {(missing == IpFamily.V6 ? "\"::/0\"" : "0.0.0.0/0")}}}." : $"Add the {missing} blocks of the same peers.",
                    Examples = context.Example(direction, context.Compiled.At(subject.Pods.First(p => p.Addresses.Count > 1)),
                        context.Compiled.At(Address.Parse(missing == IpFamily.V6 ? "2001:db8::7" : "203.0.113.7")), Traffic.Of(Protocol.Tcp, PortSet.Of(443))) is { } example ? [example] : [],
                };
            }
    }
}
