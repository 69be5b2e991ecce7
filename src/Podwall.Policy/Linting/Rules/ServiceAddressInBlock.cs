namespace Podwall.Policy.Linting.Rules;

/// <summary>An ipBlock with a Service's own address, which no policy ever sees.</summary>
internal sealed class ServiceAddressInBlock : LintRule
{
    public override string Id => "service-address-in-block";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "an ipBlock holds the address of a Service, which never matches";

    public override string Explanation =>
        """
        Policies judge a packet after the Service's address has become that of a pod (or of an endpoint outside), and its port theirs. A block
        with the cluster IP of a Service matches nothing: the flow is judged by what lies behind. The same holds for kubernetes.default: the
        API server is at its endpoints, often port 6443.
        Found where a block holds a known cluster IP and no pod or node, and has at most 256 addresses or lies in a range that most clusters use for
        Services (10.96.0.0/12, 10.43.0.0/16); as a note, where it lies in such a range and no cluster IP is known.
        """;

    public override (string Wrong, string Right) Shown => (
        "to: [{ipBlock: {cidr: 10.96.0.10/32}}]",
        "to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]");

    // Where most clusters take the addresses of Services from, and nothing else: kubeadm's default and k3s's.
    private static readonly Cidr[] UsualRanges = [Cidr.Parse("10.96.0.0/12"), Cidr.Parse("10.43.0.0/16")];

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (rule.Source.Peers[i] is Peer.Network network && Found(context, network) is var (message, severity, fix, service)
                    && !context.PodsIn(network.Addresses).Any() && !context.Snapshot.Nodes.Any(n => n.Addresses.Any(network.Addresses.Contains)))
                    yield return Find(LintPlace.OfPeer(rule.Id, i), $"{message}: policies see what lies behind a Service, so that this block {(rule.Direction == Direction.Egress ? "opens no way there" : "lets nothing in")}") with
                    {
                        Severity = severity,
                        Matter = $"{rule.Direction.Word()} {network}",
                        Examples = Behind(context, rule, service),
                        Fix = fix,
                    };
    }

    // Whom the Service stands for is not let through.
    private static ValueList<LintExample> Behind(LintContext context, RuleInContext rule, ClusterIp? service) =>
        service?.Pods is { } selector && context.Snapshot.Find(service.Namespace) is { } block && context.SubjectsOf(rule.Block, rule.Policy) is [var subject, ..]
            ? context.ExampleThat(Verdict.Deny, rule.Direction, subject.Pods[0], block.Pods.Where(p => selector.Selects(p.Labels)).Select(p => context.Compiled.At(p)), rule.Compiled.Numbered)
            : [];

    private (string Message, LintSeverity Severity, string Fix, ClusterIp? Service)? Found(LintContext context, Peer.Network network)
    {
        var isSmall = network.Block.Family.Bits - network.Block.PrefixLength <= 8;
        var usual = Array.Find(UsualRanges, r => r.Family == network.Block.Family && r.PrefixLength <= network.Block.PrefixLength && r.Contains(network.Block.Network));
        var isUsual = usual.PrefixLength > 0;
        if ((isSmall || isUsual) && context.Facts.ClusterIps.FirstOrDefault(c => network.Addresses.Contains(c.Address)) is { } known)
            return ($"{known.Address} is the cluster IP of Service {known}", Severity, $"{known}" == "default/kubernetes"
                ? "Give the addresses and the port of its endpoints: kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes."
                : "Select the Service's pods by namespace and labels, and give their own port (targetPort).", known);
        return isUsual && !context.Facts.IsComplete
            ? ($"{network.Block} lies in {usual}, from which most clusters take the addresses of Services", LintSeverity.Note, "If a Service is meant, select its pods by namespace and labels, and give their own port (targetPort).", null)
            : null;
    }
}
