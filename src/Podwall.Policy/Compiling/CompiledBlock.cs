namespace Podwall.Policy.Compiling;

/// <summary>One namespace, compiled: it depends on its block and on <see cref="CrossFacts"/>, on nothing else.</summary>
internal sealed class CompiledBlock
{
    // In the order of the block's pods; null where a pod is the node's own.
    private readonly LabelGroup?[] groupOfPod;

    public CompiledBlock(NamespaceBlock source, CrossFacts own, CrossFacts cross, SelectorPool pool, EngineOptions options)
    {
        (Source, Own) = (source, own);
        Namespace = new(source.Labels, pool);
        (Groups, groupOfPod) = GroupPods(cross, pool, options);
        Policies = [.. source.Policies.Select(p => new CompiledPolicy(p, RuleCompiler.Compile(p, this, pool)))];
        HasNetworks = Policies.Any(p => Array.Exists(p.Rules, r => r.Networks is not null));
        GovernGroups();
    }

    public NamespaceBlock Source { get; }

    public CrossFacts Own { get; }

    public Selection Namespace { get; }

    public LabelGroup[] Groups { get; }

    public CompiledPolicy[] Policies { get; }

    public bool HasNetworks { get; }

    /// <summary>The group of a pod, or null where it is the node's own or unknown.</summary>
    public LabelGroup? GroupOf(Pod pod) => Source.IndexOf(pod.Id) is >= 0 and var index ? groupOfPod[index] : null;

    private (LabelGroup[], LabelGroup?[] OfPod) GroupPods(CrossFacts cross, SelectorPool pool, EngineOptions options)
    {
        var asked = new AskedLabels(cross, Source.Policies);
        // Pods of one template share their label and port values; each distinct pair is trimmed once.
        Dictionary<(Labels, ValueList<ContainerPort>), int> written = [], trimmed = [];
        List<(Labels Labels, ValueList<ContainerPort> Ports, List<Pod> Pods)> members = [];
        var indexes = new int[Source.Pods.Count];
        for (var i = 0; i < indexes.Length; i++)
        {
            var pod = Source.Pods[i];
            indexes[i] = -1;
            if (!options.IsOrdinary(pod))
                continue;
            if (!written.TryGetValue((pod.Labels, pod.Ports), out var index))
            {
                var (labels, ports) = (asked.Trim(pod.Labels), NamedPorts(pod, cross));
                if (!trimmed.TryGetValue((labels, ports), out index))
                {
                    trimmed[(labels, ports)] = index = members.Count;
                    members.Add((labels, ports, []));
                }

                written[(pod.Labels, pod.Ports)] = index;
            }

            members[index].Pods.Add(pod);
            indexes[i] = index;
        }

        LabelGroup[] groups = [.. members.Select((m, index) => new LabelGroup(this, index, m.Labels, m.Ports, [.. m.Pods], pool))];
        return (groups, Array.ConvertAll(indexes, i => i < 0 ? null : groups[i]));
    }

    private static ValueList<ContainerPort> NamedPorts(Pod pod, CrossFacts cross)
    {
        if (cross.PortNames.Count == 0 || pod.Ports.Count == 0)
            return [];
        return pod.Ports.Where(p => p.Name is not null && cross.PortNames.Contains(p.Name)).Distinct()
            .OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Protocol).ThenBy(p => p.Number).ToValueList();
    }

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
