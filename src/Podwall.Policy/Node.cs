namespace Podwall.Policy;

/// <summary>A machine of the cluster and the addresses on which others see it.</summary>
public sealed record Node(string Name, Labels Labels, ValueList<Address> Addresses, ValueList<Cidr> PodCidrs)
{
    public override string ToString() => Name;
}
