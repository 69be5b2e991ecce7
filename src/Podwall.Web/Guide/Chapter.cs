namespace Podwall.Web.Guide;

/// <summary>A page of the guide: what it says before its scenarios, and which scenarios it shows.</summary>
public sealed record Chapter(string Slug, string Title, string Lead, IReadOnlyList<string> Scenarios)
{
    public string Page => $"guide/{Slug}.html";

    /// <summary>How many scenarios stand there in full; the others are folded away below their headings, lest the page has no end.</summary>
    public int Unfolded => Scenarios.Count switch
    {
        <= 4 => 4,
        <= 8 => 1,
        _ => 0,
    };

    /// <summary>Paragraphs before the scenarios.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];
}

/// <summary>The chapters of the guide, in the order in which to read them. Together they show every scenario once.</summary>
public static class Chapters
{
    public static IReadOnlyList<Chapter> All { get; } =
    [
        new("what", "What a NetworkPolicy is", "Without one, every pod may talk to every other pod, and to the whole world.", ["k8s/skeleton/no-policy", "k8s/labs/security"])
        {
            Text =
            [
                "A NetworkPolicy selects pods, and says who may open connections to them (ingress) or to whom they may open connections (egress). The moment a policy governs a pod in a direction, the pod is isolated in that direction: what no policy lets through is dropped.",
                "Policies only ever add permissions. There is no rule that denies, no order, and no priority: two policies on one pod allow the union of what each allows. A connection passes when the sender's egress and the receiver's ingress both let it; the answer to it comes back by itself.",
                "A policy does nothing by itself: the network plugin of the cluster has to enforce it. Where none does, the API server takes the policy all the same, and everything still passes.",
            ],
        },
        new("skeleton", "The skeleton, line by line", "Every field of a policy, once, and what it means.", ["k8s/skeleton/example", "k8s/skeleton/ipblock-without-cidr"]),
        new("or-and", "OR versus AND", "One dash more or less decides who gets in.", ["k8s/or-and/two-peers", "k8s/or-and/one-peer", "k8s/or-and/ipblock-and-selector"])
        {
            Text = ["Entries of a list are alternatives: a peer that begins with its own dash is one more way in. Selectors inside one entry must both hold. The two forms differ by one dash in the file, and by every pod of a namespace in effect."],
        },
        new("pods", "Policies for pods", "From closed to just open enough, one pod at a time.",
            ["k8s/pods/default-deny-ingress", "k8s/pods/default-deny-egress", "k8s/pods/backend-from-frontend-ns", "k8s/pods/backend-from-gateway", "k8s/pods/backend-port-8080", "k8s/pods/api-from-corporate", "k8s/pods/api-from-corporate-except", "k8s/pods/backend-combined"]),
        new("namespaces", "Policies for namespaces", "Fences around namespaces, and the labels that open them.",
            ["k8s/namespaces/label-namespaces", "k8s/namespaces/same-namespace-only", "k8s/namespaces/from-production-namespaces", "k8s/namespaces/allow-monitoring", "k8s/namespaces/to-log-collector", "k8s/namespaces/to-outside-log-collector", "k8s/namespaces/service-address-in-ipblock"])
        {
            Text = ["A namespaceSelector looks at the labels of namespaces, never at their names. Kubernetes itself puts the label kubernetes.io/metadata.name on each, with the name as its value, so a name can be selected all the same. Every other label is yours to set, and whoever may set labels on a namespace may open your policies."],
        },
        new("tiers", "Tiers of one application", "Frontend to backend to database, and nobody past a neighbour.", ["k8s/tiers/frontend", "k8s/tiers/backend", "k8s/tiers/database", "k8s/tiers/stack"]),
        new("dns", "DNS", "Close egress, and names stop resolving. Open DNS, and nothing else.", ["k8s/tiers/allow-dns", "k8s/tiers/allow-dns-two-peers"])
        {
            Text = ["Nearly every program asks DNS before it connects. A pod whose egress is isolated needs a rule for UDP 53 and for TCP 53, which long answers use, to the DNS pods themselves: policies see the pods behind the Service, and their own ports."],
        },
        new("reference", "Reference", "Every field in every form, each as a scenario that holds.",
            ["k8s/reference/peers", "k8s/reference/selectors", "k8s/reference/ip-blocks", "k8s/reference/ports", "k8s/reference/port-range", "k8s/reference/protocols", "k8s/reference/named-ports", "k8s/reference/ingress-and-egress", "k8s/reference/policy-types", "k8s/reference/empty-rules", "k8s/reference/service-port"]),
        new("commands", "Verify", "The commands that show what is there, and what gets through.", []),
        new("mistakes", "Five mistakes", "Symptom, cause and cure of what goes wrong most.",
            ["k8s/mistakes/egress-without-dns", "k8s/mistakes/and-or-confusion", "k8s/mistakes/namespace-label-missing", "k8s/mistakes/nothing-enforces", "k8s/mistakes/policy-types-forgotten"]),
        new("mechanisms", "Three mechanisms, side by side", "NetworkPolicy, Istio AuthorizationPolicy, Cilium NetworkPolicy.", []),
        new("limits", "Limits", "What a NetworkPolicy cannot do.", ["k8s/limits/containers-of-one-pod", "k8s/limits/api-server"])
        {
            Text =
            [
                "Policies judge addresses and ports. They cannot tell the containers of one pod apart, know no users, paths or certificates, and do not hold between a pod and the node that it runs on.",
                "They need a network that enforces them: Flannel alone takes every policy and drops nothing.",
            ],
        },
    ];
}
