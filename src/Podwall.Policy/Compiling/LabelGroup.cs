namespace Podwall.Policy.Compiling;

/// <summary>Pods of a namespace that selectors and named ports do not tell apart; only their addresses may tell them apart.</summary>
internal sealed class LabelGroup(CompiledBlock block, int index, Labels labels, ValueList<ContainerPort> namedPorts, Pod[] pods, SelectorPool pool)
{
    public CompiledBlock Block { get; } = block;

    public int Index { get; } = index;

    public Pod[] Pods { get; } = pods;

    /// <summary>What selectors can tell of the pods' labels (<see cref="AskedLabels.Trim"/>): to match, not to show.</summary>
    public Labels Labels { get; } = labels;

    /// <summary>Which selectors of other namespaces' policies select these pods.</summary>
    public Selection Selection { get; } = new(labels, pool);

    /// <summary>What governs ingress, or null where the pods are not isolated.</summary>
    public Side? Ingress { get; private set; }

    public Side? Egress { get; private set; }

    public Side? SideOf(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    internal void Govern(Side? ingress, Side? egress) => (Ingress, Egress) = (ingress, egress);

    public ValueList<ContainerPort> NamedPorts { get; } = namedPorts;

    public bool Gives(PortMatch.Named name, int number)
    {
        foreach (var port in NamedPorts)
            if (port.Number == number && port.Protocol == name.Protocol && port.Name == name.Name)
                return true;
        return false;
    }

    public PortSet PortsNamed(PortMatch.Named name) => name.In(NamedPorts);
}

/// <summary>The policies that govern some pods in one direction, and all their rules.</summary>
internal sealed record Side(ValueList<PolicyId> Policies, CompiledRule[] Rules)
{
    public Decision Denied { get; } = new(Verdict.Deny, new Reason.NothingMatched(Policies));

    /// <summary>The rules in order, each behind what tells most flows that it is not for them.</summary>
    public Gate[] Gates { get; } = Array.ConvertAll(Rules, r => new Gate(r));
}

/// <summary>A rule with its ports beside it, so that a verdict fetches from memory only the rules that its port passes.</summary>
internal readonly struct Gate(CompiledRule rule)
{
    private readonly Traffic numbered = rule.Numbered;
    private readonly bool hasNames = rule.Named.Length > 0;

    public CompiledRule Rule { get; } = rule;

    public bool MayPass(Protocol protocol, int port) => hasNames || numbered.Contains(protocol, port);
}
