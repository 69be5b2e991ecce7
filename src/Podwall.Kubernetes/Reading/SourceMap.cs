using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Where objects and their parts were written; null for what was not.</summary>
public sealed class SourceMap
{
    private readonly Dictionary<PolicyId, TreeNode> policies = [];
    private readonly Dictionary<PodId, SourcePosition> pods = [];
    private readonly Dictionary<WorkloadId, SourcePosition> workloads = [];
    private readonly Dictionary<ObjectId, SourcePosition> objects = [];

    public SourcePosition? Of(PolicyId policy) => policies.TryGetValue(policy, out var root) ? root.Position : null;

    /// <summary>The field, or the nearest thing around it that was written.</summary>
    public SourcePosition? Of(PolicyId policy, string field) => Of(policy, FieldPath.Parse(field));

    public SourcePosition? Of(PolicyId policy, FieldPath field) => policies.TryGetValue(policy, out var root) ? field.PositionIn(root) : null;

    public SourcePosition? Of(RuleId rule) => Of(rule.Policy, PathOf(rule));

    public SourcePosition? OfPeer(RuleId rule, int peer) =>
        Of(rule.Policy, PathOf(rule).Child(rule.Direction == Direction.Ingress ? "from" : "to").Child(peer));

    public SourcePosition? OfPort(RuleId rule, int port) => Of(rule.Policy, PathOf(rule).Child("ports").Child(port));

    public SourcePosition? Of(PodId pod) => pods.TryGetValue(pod, out var position) ? position : null;

    public SourcePosition? Of(WorkloadId workload) => workloads.TryGetValue(workload, out var position) ? position : null;

    public SourcePosition? OfNamespace(string name) => Of(new ObjectId("Namespace", null, name));

    public SourcePosition? OfNode(string name) => Of(new ObjectId("Node", null, name));

    public SourcePosition? OfService(string ns, string name) => Of(new ObjectId("Service", ns, name));

    public SourcePosition? Of(ObjectId id) => objects.TryGetValue(id, out var position) ? position : null;

    internal void Add(PolicyId policy, TreeNode root) => policies[policy] = root;

    internal void Add(Pod pod, SourcePosition position)
    {
        pods[pod.Id] = position;
        workloads.TryAdd(pod.Workload, position);
    }

    internal void Add(WorkloadId workload, SourcePosition position) => workloads[workload] = position;

    internal void Add(ObjectId id, SourcePosition position) => objects[id] = position;

    private static FieldPath PathOf(RuleId rule) =>
        FieldPath.Of("spec", rule.Direction == Direction.Ingress ? "ingress" : "egress").Child(rule.Index);
}
