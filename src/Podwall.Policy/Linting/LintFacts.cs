namespace Podwall.Policy.Linting;

/// <summary>
/// What is known of a cluster beside its snapshot. Lists that nobody filled are empty, and the rules that need them then
/// find nothing.
/// </summary>
public sealed record LintFacts
{
    public static LintFacts None { get; } = new();

    /// <summary>
    /// Every namespace and pod that there is, is in the snapshot: it was read from a cluster. In files, what is missing may
    /// lie somewhere else.
    /// </summary>
    public bool IsComplete { get; init; }

    public ValueList<WrittenPolicy> Written { get; init; } = [];

    /// <summary>Calls that the control plane makes to pods: webhooks, aggregated APIs.</summary>
    public ValueList<ControlPlaneCall> Calls { get; init; } = [];

    /// <summary>Services that clients outside the cluster use.</summary>
    public ValueList<ExposedService> Exposed { get; init; } = [];

    /// <summary>Pods that talk to the API server, and how that is known.</summary>
    public ValueList<ApiClient> ApiClients { get; init; } = [];

    /// <summary>Where the API server listens; none where that is not known.</summary>
    public ValueList<(Address Address, ushort Port)> ApiServer { get; init; } = [];

    /// <summary>The addresses of Services inside the cluster.</summary>
    public ValueList<ClusterIp> ClusterIps { get; init; } = [];

    /// <summary>What enforces policies, where somebody has said so; the cluster is then not searched for it.</summary>
    public string? Enforcer { get; init; }
}

/// <summary>What a policy's text says and the engine's policy does not keep.</summary>
public sealed record WrittenPolicy(PolicyId Id)
{
    /// <summary>False where <c>policyTypes</c> is left to the default.</summary>
    public bool HasTypes { get; init; } = true;

    /// <summary>The rules that stand under a direction that <c>policyTypes</c> does not list.</summary>
    public ValueList<Rule> InertIngress { get; init; } = [];

    public ValueList<Rule> InertEgress { get; init; } = [];

    public Labels Annotations { get; init; } = Labels.None;

    /// <summary>Every CIDR, by field, as it is written.</summary>
    public ValueList<(string Field, string Text)> Blocks { get; init; } = [];

    /// <summary>Fields that a server fills in or ignores, and why.</summary>
    public ValueList<(string Field, string Why)> Ignored { get; init; } = [];

    /// <summary>The directions that the cluster has stored for the object where the text leaves them to the default; null elsewhere.</summary>
    public ValueList<Direction>? StoredTypes { get; init; }

    public ValueList<Rule> Inert(Direction direction) => direction == Direction.Ingress ? InertIngress : InertEgress;
}

/// <summary>A call from the control plane to some pods, at their own port.</summary>
public sealed record ControlPlaneCall(string What, LintPlace Place, ValueList<PodId> Pods, PortMatch Port);

/// <summary>
/// A Service that outside clients reach through nodes. Unless it <see cref="KeepsSource"/>, a client may come with the
/// address of another node.
/// </summary>
public sealed record ExposedService(LintPlace Place, string Type, ValueList<PodId> Pods, ValueList<PortMatch> Ports, bool KeepsSource);

/// <summary>An address of a Service, which stands for the pods that it selects; none where <see cref="Pods"/> is null.</summary>
public sealed record ClusterIp(Address Address, string Namespace, string Service, Selector? Pods)
{
    public override string ToString() => $"{Namespace}/{Service}";
}

/// <summary>A pod whose account has rights on the API.</summary>
public sealed record ApiClient(PodId Pod, string Why);
