namespace Podwall.Policy.Compiling;

/// <summary>One namespace, compiled: it depends on its block and on <see cref="CrossFacts"/>, on nothing else.</summary>
internal sealed class CompiledBlock
{
    private readonly Dictionary<string, LabelGroup> groupOfPod = new(StringComparer.Ordinal);

    public CompiledBlock(NamespaceBlock source, CrossFacts own, CrossFacts cross, SelectorPool pool, EngineOptions options)
    {
        (Source, Own) = (source, own);
        Namespace = new(source.Labels, pool);
        Groups = GroupPods(cross, pool, options);
        foreach (var group in Groups)
            foreach (var pod in group.Pods)
                groupOfPod[pod.Id.Name] = group;
        Policies = [.. source.Policies.Select(p => new CompiledPolicy(p, RuleCompiler.Compile(p, this, pool)))];
        GovernGroups();
    }

    public NamespaceBlock Source { get; }

    public CrossFacts Own { get; }

    public Selection Namespace { get; }

    public LabelGroup[] Groups { get; }

    public CompiledPolicy[] Policies { get; }

    /// <summary>The group of a pod, or null where it is the node's own or unknown.</summary>
    public LabelGroup? GroupOf(Pod pod) => groupOfPod.GetValueOrDefault(pod.Id.Name);

    private LabelGroup[] GroupPods(CrossFacts cross, SelectorPool pool, EngineOptions options)
    {
        var keys = Source.Policies.SelectMany(LocalKeys).Union(cross.Keys).ToHashSet(StringComparer.Ordinal);
        // Pods of one template share their label and port values; each distinct set is trimmed once.
        Dictionary<Labels, Labels> trimmed = [];
        Dictionary<(Labels, ValueList<ContainerPort>), List<Pod>> members = [];
        foreach (var pod in Source.Pods)
        {
            if (!options.IsOrdinary(pod))
                continue;
            if (!trimmed.TryGetValue(pod.Labels, out var labels))
                trimmed[pod.Labels] = labels = Labels.Of(pod.Labels.Where(l => keys.Contains(l.Key)).Select(l => (l.Key, l.Value)));
            var named = NamedPorts(pod, cross);
            if (!members.TryGetValue((labels, named), out var pods))
                members[(labels, named)] = pods = [];
            pods.Add(pod);
        }

        return [.. members.Select((m, index) => new LabelGroup(this, index, m.Key.Item1, m.Key.Item2, [.. m.Value], pool))];
    }

    private static ValueList<ContainerPort> NamedPorts(Pod pod, CrossFacts cross)
    {
        if (cross.PortNames.Count == 0 || pod.Ports.Count == 0)
            return [];
        return pod.Ports.Where(p => p.Name is not null && cross.PortNames.Contains(p.Name)).Distinct()
            .OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Protocol).ThenBy(p => p.Number).ToValueList();
    }

    private static IEnumerable<string> LocalKeys(NetworkPolicy policy) => CrossFacts.Rules(policy)
        .SelectMany(r => r.Peers).OfType<Peer.PodsHere>().Select(p => p.Pods).Prepend(policy.Subject)
        .SelectMany(s => s.Requirements).Select(r => r.Key);

    private void GovernGroups()
    {
        // Groups that the same policies select share one side.
        Dictionary<(Direction, ValueList<int>), Side> sides = [];
        foreach (var group in Groups)
        {
            var selecting = Enumerable.Range(0, Policies.Length).Where(p => Policies[p].Source.Subject.Selects(group.Labels)).ToArray();
            group.Govern(SideOf(Direction.Ingress), SideOf(Direction.Egress));

            Side? SideOf(Direction direction)
            {
                var governing = selecting.Where(p => Policies[p].Source.Governs(direction)).ToValueList();
                if (governing.Count == 0)
                    return null;
                if (!sides.TryGetValue((direction, governing), out var side))
                    sides[(direction, governing)] = side = new(
                        governing.Select(p => Policies[p].Source.Id).ToValueList(),
                        [.. governing.SelectMany(p => Policies[p].Rules).Where(r => r.Id.Direction == direction)]);
                return side;
            }
        }
    }
}

/// <summary>A policy and its rules of both directions, compiled.</summary>
internal sealed record CompiledPolicy(NetworkPolicy Source, CompiledRule[] Rules);
