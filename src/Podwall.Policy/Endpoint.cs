using Podwall.Policy.Compiling;

namespace Podwall.Policy;

/// <summary>
/// An end of a flow: a pod, a node, or an address outside the cluster. A pod that uses its node's network is that node.
/// </summary>
public sealed class Endpoint
{
    internal Endpoint(ValueList<Address> addresses) => Addresses = addresses;

    /// <summary>The pod, also where it uses its node's network; null for a node or an outside address.</summary>
    public Pod? Pod { get; internal init; }

    /// <summary>The node that this end is, as far as it is known.</summary>
    public string? Node { get; internal init; }

    /// <summary>The addresses that the flow may use; none where they are unknown.</summary>
    public ValueList<Address> Addresses { get; }

    /// <summary>Whether policies can govern and select this end.</summary>
    public bool IsGoverned => Group is not null;

    /// <summary>Whether it is neither a pod nor a node of the cluster.</summary>
    public bool IsOutside => Pod is null && Node is null;

    /// <summary>The policies that isolate this end in a direction; none where it is not isolated.</summary>
    public ValueList<PolicyId> IsolatedBy(Direction direction) => Group?.SideOf(direction)?.Policies ?? [];

    /// <summary>Other pods that claim the same address; only what all of them may do is allowed.</summary>
    public IEnumerable<Pod> Contenders => Rivals.Select(r => r.Pod!);

    /// <summary>Whether the other end is this very pod, which nothing can keep from itself.</summary>
    public bool IsItself(Endpoint other) => Pod is { StandsForReplicas: false } && ReferenceEquals(Pod, other.Pod);

    internal LabelGroup? Group { get; init; }

    /// <summary>Whether the peer is the node that this pod runs on.</summary>
    internal bool IsOn(Endpoint peer) => peer.Node is not null && peer.Node == Pod?.Node;

    /// <summary>Other pods that claim the same address: a flow is allowed only if all of them would be.</summary>
    internal Endpoint[] Rivals { get; init; } = [];

    /// <summary>The families that a flow may use at this end; both where the address is unknown.</summary>
    public IpFamilies Families
    {
        get
        {
            if (Addresses.Count == 0)
                return IpFamilies.Both;
            var families = IpFamilies.None;
            foreach (var address in Addresses)
                families |= address.Family.AsSet();
            return families;
        }
    }

    internal Address? AddressIn(IpFamilies family)
    {
        foreach (var address in Addresses)
            if (address.Family.AsSet() == family)
                return address;
        return null;
    }

    public override string ToString() => Pod is not null ? Pod.Id.ToString() : Node is not null ? $"node {Node}" : $"{Addresses[0]}";
}
