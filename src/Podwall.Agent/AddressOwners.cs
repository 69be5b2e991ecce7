using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>Whose the addresses of this node's pods are, and which of them changed hands.</summary>
internal sealed class AddressOwners
{
    private Dictionary<Address, Owner> owners = [];

    public IReadOnlyCollection<Address> Addresses => owners.Keys;

    public Owner? Of(Address address) => owners.TryGetValue(address, out var owner) ? owner : null;

    public int Pods => owners.Values.Select(o => o.Pod).Distinct().Count();

    /// <summary>Addresses whose connections are still to be forgotten: whoever has them now must not inherit any.</summary>
    public HashSet<Address> Stale { get; } = [];

    /// <summary>Takes over the pods of this node, as far as their addresses are theirs alone.</summary>
    /// <param name="isFirst">Nobody knows whose the connections at the start are: policy alone judges them.</param>
    /// <returns>The addresses that nobody had, and those that another pod had.</returns>
    public (HashSet<Address> Fresh, HashSet<Address> Inherited) Update(IEnumerable<Pod> pods, Contents contents, bool isFirst)
    {
        var before = owners;
        owners = [];
        foreach (var pod in pods)
            foreach (var address in pod.Addresses)
                if (contents.ReadyOf(address)[ElementKey.Of(address)] is not null)
                    owners.TryAdd(address, new(pod.Id, pod.Uid) { IsTerminating = pod.IsTerminating });
        HashSet<Address> fresh = [], inherited = [];
        foreach (var (address, owner) in owners)
            if (!before.TryGetValue(address, out var old))
                fresh.Add(address);
            else if (!old.IsSame(owner))
                inherited.Add(address);
        if (!isFirst)
        {
            Stale.UnionWith(fresh);
            Stale.UnionWith(inherited);
            Stale.UnionWith(before.Keys.Where(a => !owners.ContainsKey(a)));
        }

        return (fresh, inherited);
    }

    /// <summary>A pod that comes back under its name is another.</summary>
    public readonly record struct Owner(PodId Pod, Guid Uid)
    {
        public bool IsTerminating { get; init; }

        public bool IsSame(Owner other) => Pod == other.Pod && Uid == other.Uid;
    }
}
