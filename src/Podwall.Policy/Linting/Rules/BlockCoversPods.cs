using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>An ipBlock that opens pods or nodes of the cluster, which selectors are for.</summary>
internal sealed class BlockCoversPods : LintRule
{
    // More are counted for nobody's sake.
    private const int MostLookedAt = 256;

    public override string Id => "block-covers-pods";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "an ipBlock covers addresses of pods or nodes";

    public override string Explanation =>
        """
        An ipBlock matches addresses of pods and nodes like any others. A block for an office or a data centre that overlaps the cluster's own
        ranges also opens pods, and a block for one pod's address matches another pod once the address has changed hands. Other networks than
        Podwall's may read such a block differently.
        Found where a pod that lies inside is let through by the block and by no selector; where a block covers the pod range of a node; and, as a
        note, where a wide block covers nodes. A block of nodes alone is no finding, nor is one that takes the cluster's ranges out (except).
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            if (rule.Compiled.Networks is not null)
                for (var i = 0; i < rule.Source.Peers.Count; i++)
                    if (rule.Source.Peers[i] is Peer.Network { Block.IsWholeFamily: false } network && (OfPods(context, rule, network) ?? OfNodes(context, rule, network)) is { } finding)
                        yield return finding with { Place = LintPlace.OfPeer(rule.Id, i), Matter = $"{rule.Id.Direction.Word()} {network}" };
    }

    private LintFinding? OfPods(LintContext context, RuleInContext rule, Peer.Network network)
    {
        foreach (var (_, pod) in context.PodsIn(network.Addresses).Take(MostLookedAt))
        {
            var group = context.Compiled.GroupOf(pod);
            if (rule.Compiled.SelectsPod(group))
                continue;
            foreach (var subject in context.SubjectsOf(rule.Block, rule.Policy))
                if (LintContext.Gain(subject, rule.Compiled, pod, group) is { IsNone: false } gain
                    && subject.Pods.FirstOrDefault(p => p != pod) is { } other && context.Example(rule.Direction, other, pod, gain) is { } example)
                {
                    var covered = context.PodsIn(network.Addresses).Take(MostLookedAt).Select(p => p.Pod).ToArray();
                    var isOne = network.Block.PrefixLength == network.Block.Family.Bits;
                    return Find(LintPlace.Cluster, isOne
                        ? $"{network.Block.Network} is the address of {pod.Workload} now; when the pod is replaced, another may have it"
                        : $"{network} covers {(covered.Length == MostLookedAt ? $"{MostLookedAt} or more pods" : Wording.Plural(covered.Length, "pod", "pods"))}, such as {pod.Workload}, which no selector lets through") with
                    {
                        Fix = isOne ? "Select the pod by its labels instead." : "Take the cluster's ranges out with except, or select the pods that are meant by their labels.",
                        Examples = [example],
                    };
                }
        }

        return null;
    }

    private LintFinding? OfNodes(LintContext context, RuleInContext rule, Peer.Network network)
    {
        foreach (var node in context.Snapshot.Nodes)
        {
            if (node.PodCidrs.FirstOrDefault(c => c.Overlaps(network.Block) && !network.Addresses.Intersect(AddressSet.Of(c)).IsEmpty) is { PrefixLength: > 0 } range)
                return Find(LintPlace.Cluster, $"{network} overlaps {range}, the pod range of node {node}: pods there are let through whatever their labels") with
                {
                    Fix = "Take the cluster's ranges out with except, or select the pods that are meant by their labels.",
                };
            if (network.Block.Family.Bits - network.Block.PrefixLength > 8 && node.Addresses.FirstOrDefault(network.Addresses.Contains) is var address && node.Addresses.Any(a => a == address && network.Addresses.Contains(a))
                && context.SubjectsOf(rule.Block, rule.Policy).FirstOrDefault(s => !rule.Compiled.Numbered.Except(Besides(s, rule, address)).IsNone) is { } subject)
                return Find(LintPlace.Cluster, $"{network} covers node {node} ({address}){(rule.Direction == Direction.Ingress ? ", and with it whatever comes from outside behind that node's address" : "")}") with
                {
                    Severity = LintSeverity.Note,
                    Fix = "If nodes are not meant, take their range out with except.",
                    Examples = context.Example(rule.Direction, context.Compiled.At(subject.Pods[0]), context.Compiled.At(node), rule.Compiled.Numbered) is { } example ? [example] : [],
                };
        }

        return null;
    }

    private static Traffic Besides(LabelGroup subject, RuleInContext rule, Address address) =>
        LintContext.Allowed(subject, rule.Direction, null, address, address.Family.AsSet(), rule.Compiled);
}
