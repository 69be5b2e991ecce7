using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>The cluster's DNS pods, as far as they are known, and whether some pods may ask them.</summary>
internal sealed class DnsServers
{
    private const string Home = "kube-system";
    private const int DnsPort = 53;

    private readonly LintContext context;
    private readonly (Pod Pod, LabelGroup? Group, int Port)[] pods;
    private readonly AddressSet serviceAddresses;

    public DnsServers(LintContext context)
    {
        this.context = context;
        var known = context.Snapshot.Find(Home)?.Pods.Where(p => !p.IsTerminating).ToArray() ?? [];
        AreOnEveryNode = known.Any(p => p.UsesHostNetwork && p.Labels["k8s-app"] is "node-local-dns" or "nodelocaldns");
        pods = [.. known.Where(p => !p.UsesHostNetwork && IsDns(p.Labels)).Select(p => (p, context.Compiled.GroupOf(p), PortOf(p)))];
        serviceAddresses = AddressSet.Of(context.Facts.ClusterIps.Select(c => new AddressRange(c.Address, c.Address)));
    }

    /// <summary>A cache on the node, which every pod of the node may always reach.</summary>
    public bool AreOnEveryNode { get; }

    public static bool IsDns(Labels labels) => labels["k8s-app"] is "kube-dns" or "coredns" || labels["app.kubernetes.io/name"] is "coredns" or "kube-dns";

    /// <summary>The selector that everybody writes for DNS pods, wherever it stands.</summary>
    public static bool IsDns(Selector pods) => pods.Requirements.OfType<Requirement.OneOf>().Any(r =>
        r.Key is "k8s-app" or "app.kubernetes.io/name" && r.Values.All(v => v is "kube-dns" or "coredns"));

    public string RuleText => $"to: [{{namespaceSelector: {{matchLabels: {{{NamespaceBlock.NameLabel}: {Home}}}}}, podSelector: {{matchLabels: {{k8s-app: kube-dns}}}}}}], "
        + $"ports: [{{protocol: UDP, port: {Port}}}, {{protocol: TCP, port: {Port}}}].";

    private int Port => pods.Length > 0 ? pods[0].Port : DnsPort;

    public static bool LetsSomething(CompiledRule rule) => rule.AnyPeer || rule.Elsewhere.Length > 0 || rule.Networks is { IsEmpty: false } || Array.Exists(rule.Here, w => w != 0);

    /// <summary>Whether the pods may ask a DNS pod, or some address outside that may be another DNS server.</summary>
    public bool AllowedTo(LabelGroup group, Protocol protocol)
    {
        if (group.Egress is not { } side)
            return true;
        if (Array.Exists(side.Rules, r => MayAskOutside(r, protocol)))
            return true;
        return pods.Length == 0
            ? Array.Exists(side.Rules, r => MayAskUnknown(r, protocol))
            : pods.Any(p => p.Group == group || IpFamily.Both.Any(f => (p.Pod.Addresses.Count == 0 || p.Pod.AddressOf(f) is not null)
                && LintContext.Allowed(group, Direction.Egress, p.Group, p.Pod.AddressOf(f), f.AsSet()).Contains(protocol, p.Port)));
    }

    // An address of a Service is never what a policy sees, so that it is no DNS server.
    private bool MayAskOutside(CompiledRule rule, Protocol protocol) =>
        rule.Networks is { } networks && rule.Numbered.Contains(protocol, DnsPort) && !networks.Except(serviceAddresses).IsEmpty;

    // Nothing is known of DNS pods: any rule that could be for them is taken to be.
    private static bool MayAskUnknown(CompiledRule rule, Protocol protocol) =>
        (rule.Numbered.Contains(protocol, DnsPort) || rule.Numbered.Contains(protocol, 5353) || rule.Named.Any(n => n.Protocol == protocol))
        && (rule.AnyPeer || rule.Elsewhere.Length > 0 || (rule.Block.Source.Name == Home && rule.Here.Length > 0));

    public LintExample Example(LabelGroup cut, Protocol protocol) => pods.Length > 0
        && context.Example(Direction.Egress, cut.Pods[0], pods[0].Pod, Traffic.Of(protocol, PortSet.Of((ushort)pods[0].Port))) is { } example
        ? example
        : new(cut.Pods[0].Workload.ToString(), $"any DNS pod of {Home}", $"{protocol.Name()} {DnsPort}", Verdict.Deny);

    private static int PortOf(Pod pod) => pod.Ports.Where(p => p.Protocol == Protocol.Udp).ToArray() is { Length: > 0 } ports
        && !ports.Any(p => p.Number == DnsPort) && ports.FirstOrDefault(p => p.Name is "dns" or "dns-udp") is { Name: not null } named
        ? named.Number
        : DnsPort;
}
