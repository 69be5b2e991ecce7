using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>A cluster in which nothing is known to enforce policies.</summary>
internal sealed class NoEnforcer : LintRule
{
    // Workloads by the beginning of their names, as their own manifests call them.
    private static readonly string[] Enforcing =
    [
        "podwall-agent", "calico-node", "canal", "cilium", "antrea-agent", "weave-net", "kube-router", "kube-network-policies", "kindnet", "azure-npm",
        "ovnkube-node", "kube-ovn-cni", "anetd", "netd", "romana-agent", "aws-network-policy", "nsx-node-agent", "contiv", "cn2", "kube-multus-netpol",
    ];

    private static readonly (string Name, string Only)[] Depending =
    [
        ("kube-flannel", "only if its chart was installed with netpol.enabled=true"),
        ("aws-node", "only if the network policy controller is enabled in the VPC CNI's configuration"),
    ];

    // An example is worth no long search.
    private const int MostTried = 32;

    public override string Id => "no-enforcer";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "nothing in the cluster is known to enforce network policies";

    public override string Explanation =>
        """
        The API server stores policies in every cluster. Whether packets stop is up to the network: Flannel alone, for one, enforces
        nothing. kubectl then shows the policies, and every flow passes.
        Found on a live cluster, or in files that hold its Nodes, where there are policies and no workload that is known to enforce them (Podwall,
        Calico, Canal, Cilium, Antrea, Weave Net, kube-router, kube-network-policies, kindnet, Azure NPM, OVN-Kubernetes, Kube-OVN, GKE's
        dataplane) and no node of k3s, which has one built in. A network that is not in this list can be named in the configuration (enforcer:).
        Whether packets really stop, "podwall probe" tells.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        var snapshot = context.Snapshot;
        if (context.Facts.Enforcer is not null || (!context.Facts.IsComplete && snapshot.Nodes.Count == 0) || !snapshot.Policies.Any())
            return [];
        var names = snapshot.Pods.Select(p => p.Workload.Name).Distinct().ToArray();
        if (names.Any(n => Enforcing.Any(e => n.StartsWith(e, StringComparison.Ordinal)))
            || snapshot.Nodes.Any(n => n.Labels["node.kubernetes.io/instance-type"] is "k3s" or "rke2" || n.Labels["podwall.dev/enforced"] is not null))
            return [];
        var depending = Depending.Where(d => names.Any(n => n.StartsWith(d.Name, StringComparison.Ordinal))).ToArray();
        var count = Wording.Plural(snapshot.Policies.Count(), "policy is", "policies are");
        return
        [
            Find(LintPlace.Cluster, depending is [var (name, only), ..]
                ? $"{count} stored; {name} runs here, which enforces policies {only}"
                : $"{count} stored, and no workload is known to enforce any: what they deny probably passes all the same") with
            {
                Examples = context.Policies.Take(MostTried).Select(p => Denied(context, p.Block, p.Policy.Source)).FirstOrDefault(e => e.Count > 0),
                Severity = depending.Length > 0 ? LintSeverity.Note : Severity,
                Fix = "Install something that enforces policies, such as the Podwall agent; or name what does in the configuration (enforcer: NAME). Try it with podwall probe.",
            },
        ];
    }

    private static ValueList<LintExample> Denied(LintContext context, CompiledBlock block, NetworkPolicy policy) => context.SubjectsOf(block, policy) is [var subject, ..]
        ? Wording.Both.Where(policy.Governs).SelectMany(d => context.ExampleThat(Verdict.Deny, d, subject.Pods[0], context.Anybody(block), Traffic.Everything)).Take(1).ToValueList()
        : [];
}
