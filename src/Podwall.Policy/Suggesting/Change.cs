namespace Podwall.Policy.Suggesting;

/// <summary>One edit of a policy or a label, small enough to read in a line.</summary>
public abstract record Change
{
    private Change()
    {
    }

    public abstract Snapshot Apply(Snapshot snapshot);

    /// <summary>One more entry in the rule's <c>from</c> or <c>to</c>.</summary>
    public sealed record AddPeer(RuleId Rule, Peer Peer) : Change
    {
        public override Snapshot Apply(Snapshot snapshot) => Edit(snapshot, Rule, r => r with { Peers = [.. r.Peers, Peer] });

        public override string ToString() => $"one more peer in {Rule.Spoken}";
    }

    /// <summary>One more entry in the rule's <c>ports</c>.</summary>
    public sealed record AddPort(RuleId Rule, PortMatch Port) : Change
    {
        public override Snapshot Apply(Snapshot snapshot) => Edit(snapshot, Rule, r => r with { Ports = [.. r.Ports, Port] });

        public override string ToString() => $"one more port in {Rule.Spoken}";
    }

    /// <summary>One more rule in a policy that already isolates the pod.</summary>
    public sealed record AddRule(PolicyId Policy, Direction Direction, Rule Rule) : Change
    {
        public override Snapshot Apply(Snapshot snapshot) => Edit(snapshot, Policy, Direction, rules => [.. rules, Rule]);

        public override string ToString() => $"one more {(Direction == Direction.Ingress ? "ingress" : "egress")} rule in {Policy}";
    }

    /// <summary>
    /// A rule taken away; the policy goes on isolating. Without its last egress rule it does so only if
    /// <c>policyTypes</c> is written out.
    /// </summary>
    public sealed record RemoveRule(RuleId Rule, bool IsLast) : Change
    {
        public override Snapshot Apply(Snapshot snapshot) =>
            Edit(snapshot, Rule.Policy, Rule.Direction, rules => [.. rules.Where((_, i) => i != Rule.Index)]);

        public override string ToString() => IsLast && Rule.Direction == Direction.Egress
            ? $"without {Rule.Spoken}, its last one: write policyTypes out with Egress in it, or the policy governs egress no more"
            : $"without {Rule.Spoken}";
    }

    /// <summary>A label on every pod of a workload, as its template would put it there.</summary>
    public sealed record LabelPods(WorkloadId Workload, string Key, string Value) : Change
    {
        public override Snapshot Apply(Snapshot snapshot)
        {
            var block = snapshot.Find(Workload.Namespace)!;
            return snapshot.With(block.With(pods: block.Pods.Select(p => p.Workload == Workload ? p with { Labels = p.Labels.With(Key, Value) } : p)));
        }

        public override string ToString() => Workload.Kind == "Pod"
            ? $"label {Key}: {Value} on pod {Workload}"
            : $"label {Key}: {Value} in the pod template of {Workload.Kind} {Workload} (spec.template.metadata.labels)";
    }

    public sealed record LabelNamespace(string Namespace, string Key, string Value) : Change
    {
        public override Snapshot Apply(Snapshot snapshot)
        {
            var block = snapshot.Find(Namespace)!;
            return snapshot.With(block.With(labels: block.Labels.With(Key, Value)));
        }

        public override string ToString() => $"label {Key}: {Value} on namespace {Namespace}";
    }

    /// <summary>A new policy beside the ones there are.</summary>
    public sealed record AddPolicy(NetworkPolicy Policy) : Change
    {
        public override Snapshot Apply(Snapshot snapshot)
        {
            var block = snapshot.Find(Policy.Id.Namespace)!;
            return snapshot.With(block.With(policies: block.Policies.Append(Policy)));
        }

        public override string ToString() => $"a new policy {Policy.Id}";
    }

    private static Snapshot Edit(Snapshot snapshot, RuleId rule, Func<Rule, Rule> edit) =>
        Edit(snapshot, rule.Policy, rule.Direction, rules => [.. rules.Select((r, i) => i == rule.Index ? edit(r) : r)]);

    private static Snapshot Edit(Snapshot snapshot, PolicyId id, Direction direction, Func<ValueList<Rule>, ValueList<Rule>> edit)
    {
        var block = snapshot.Find(id.Namespace)!;
        return snapshot.With(block.With(policies: block.Policies.Select(p =>
            p.Id != id ? p
            : direction == Direction.Ingress ? p with { Ingress = edit(p.Ingress ?? []) }
            : p with { Egress = edit(p.Egress ?? []) })));
    }
}
