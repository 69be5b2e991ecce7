using Podwall.Policy.Compiling;

namespace Podwall.Policy;

/// <summary>Pods of one namespace that no policy tells apart: equal in the labels that policies name, the named ports, and the place in address blocks.</summary>
public sealed class PodClass
{
    internal PodClass(int index, LabelGroup group, ValueList<Pod> pods, Reaching.Zone zone, Pod? contender) =>
        (Index, Group, Pods, Zone, Contender) = (index, group, pods, zone, contender);

    /// <summary>Its place among the classes of one <see cref="Connectivity"/>.</summary>
    public int Index { get; }

    public ValueList<Pod> Pods { get; }

    public string Namespace => Group.Block.Source.Name;

    /// <summary>The labels that all its pods share, of those that some policy tells from others or from none.</summary>
    public Labels RelevantLabels => Pods[0].Labels.Revalued((key, value) => Group.Labels[key] is not null && Pods.All(p => p.Labels[key] == value) ? value : null);

    internal LabelGroup Group { get; }

    internal Reaching.Zone Zone { get; }

    /// <summary>The one pod meant, where pods contend for an address.</summary>
    internal Pod? Contender { get; }

    /// <summary>The address families of the pods; both where the address is unknown.</summary>
    public IpFamilies Families => Zone.Families;

    public bool IsIsolated(Direction direction) => Group.SideOf(direction) is not null;

    /// <summary>The policies that isolate the class in a direction; none where it is not isolated.</summary>
    public ValueList<PolicyId> IsolatedBy(Direction direction) => Group.SideOf(direction)?.Policies ?? [];

    public override string ToString() => Pods.Count == 1 ? Pods[0].ToString() : $"{Pods[0]} and {Pods.Count - 1} like it";
}
