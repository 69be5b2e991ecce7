using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>Whose the addresses of this node's pods are, and which of them changed hands.</summary>
internal sealed class AddressOwners
{
    private Dictionary<Address, Pod> owners = [];

    public IReadOnlyCollection<Address> Addresses => owners.Keys;

    public int Pods => owners.Values.DistinctBy(p => p.Id).Count();

    /// <summary>Addresses whose connections are still to be forgotten: whoever has them now must not inherit any.</summary>
    public HashSet<Address> Stale { get; } = [];

    public Pod? Of(Address address) => owners.GetValueOrDefault(address);

    /// <summary>Whether two are the same pod: one that comes back under its name is another.</summary>
    public static bool AreSame(Pod one, Pod other) => one.Id == other.Id && one.Uid == other.Uid;

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
                    owners.TryAdd(address, pod);
        HashSet<Address> fresh = [], inherited = [];
        foreach (var (address, owner) in owners)
            if (!before.TryGetValue(address, out var old))
                fresh.Add(address);
            else if (!AreSame(old, owner))
                inherited.Add(address);
        if (!isFirst)
        {
            Stale.UnionWith(fresh);
            Stale.UnionWith(inherited);
            Stale.UnionWith(before.Keys.Where(a => !owners.ContainsKey(a)));
        }

        return (fresh, inherited);
    }
}
