using Podwall.Nftables.Model;
using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>The pods, here and elsewhere, that rules of local pods select: one identity for those that no rule tells apart.</summary>
internal sealed class Peers(Maps maps, Contents contents, Pairs pairs)
{
    private readonly Dictionary<ValueList<Row>, Identity> identities = [];
    private readonly IdentityNumbers numbers = new(kind: 0);

    public IEnumerable<Identity> Identities => identities.Values;

    /// <summary>Looks at every pod anew.</summary>
    public void Rebuild(Compiled compiled, LocalRules rules)
    {
        foreach (var identity in identities.Values)
            pairs.Remove(identity);
        identities.Clear();
        numbers.Clear();
        // A contested address is found once for each pod that claims it.
        Dictionary<Address, Identity> members = [];
        foreach (var block in compiled.Blocks)
            foreach (var (address, identity) in Found(compiled, rules, block))
                if (members.TryAdd(address, identity))
                    identity.Take(Hash.Of(address));
        foreach (var identity in identities.Values.OrderBy(i => i.Least))
            Number(rules, identity);
        foreach (var family in IpFamily.Both)
        {
            Dictionary<ElementKey, ulong> wanted = [];
            foreach (var (address, identity) in members)
                if (address.Family == family)
                    wanted[ElementKey.Of(address)] = identity.Id;
            contents[maps.Peer[family]].Replace(wanted);
        }
    }

    private void Number(LocalRules rules, Identity identity)
    {
        numbers.Assign(identity);
        pairs.Set(identity, rules);
    }

    // Every address of a block with the identity that it has, where rules select its owner.
    private IEnumerable<(Address, Identity)> Found(Compiled compiled, LocalRules rules, CompiledBlock block)
    {
        var candidates = rules.CandidatesIn(block);
        foreach (var group in block.Groups)
        {
            var row = rules.RowOf(block, group, candidates);
            if (row.IsEmpty)
                continue;
            Identity? own = null;
            foreach (var pod in group.Pods)
                foreach (var address in pod.Addresses.AsEnumerable())
                    if (!compiled.HasContestedAddresses)
                        yield return (address, own ??= IdentityOf([row]));
                    else if (Contended(compiled, rules, address) is { } contended)
                        yield return (address, contended);
        }
    }

    private Identity? Contended(Compiled compiled, LocalRules rules, Address address)
    {
        List<Row> rows = [];
        foreach (var owner in compiled.OwnersOf(address))
        {
            if (compiled.GroupOf(owner) is not { } group)
                continue;
            var row = rules.RowOf(group.Block, group, rules.CandidatesIn(group.Block));
            // What one of them may not do, none may.
            if (row.IsEmpty)
                return null;
            if (!rows.Contains(row))
                rows.Add(row);
        }

        return rows.Count == 0 ? null : IdentityOf(rows.ToValueList());
    }

    private Identity IdentityOf(ValueList<Row> rows)
    {
        if (!identities.TryGetValue(rows, out var identity))
            identities[rows] = identity = new(rows);
        return identity;
    }

    /// <summary>Looks at the pods of the namespaces that changed; the rules select as they did.</summary>
    /// <param name="wasContested">Some address had more than one pod before.</param>
    public void Update(Compiled compiled, LocalRules rules, IReadOnlyList<BlockChange> changes, bool wasContested)
    {
        Dictionary<Address, Identity?> next = [];
        foreach (var change in changes)
        {
            foreach (var address in Addresses(change.Before).Concat(Addresses(change.After)))
                next[address] = null;
            if (change.After is { } block)
                foreach (var (address, identity) in Found(compiled, rules, block))
                    next[address] = identity;
        }

        // An address that left a changed namespace may belong to a pod of another, which shared it.
        if (wasContested || compiled.HasContestedAddresses)
            foreach (var address in next.Where(n => n.Value is null).Select(n => n.Key).ToArray())
                if (compiled.OwnersOf(address).Count > 0)
                    next[address] = Contended(compiled, rules, address);
        Move(rules, next);
    }

    private static IEnumerable<Address> Addresses(CompiledBlock? block) =>
        block is null ? [] : block.Groups.SelectMany(g => g.Pods).SelectMany(p => p.Addresses);

    private void Move(LocalRules rules, Dictionary<Address, Identity?> next)
    {
        List<(Address Address, Identity Identity)> arrived = [];
        HashSet<Identity> renumbered = [], orphaned = [];
        foreach (var (address, identity) in next)
        {
            var map = contents[maps.Peer[address.Family]];
            var key = new ElementKey(address.Bits);
            var previous = map[key] is { } id ? numbers.ById[(uint)id] : null;
            if (previous == identity)
                continue;
            var hash = Hash.Of(address);
            if (previous is not null)
            {
                map.Remove(key);
                previous.Members--;
                if (previous.Least == hash)
                    orphaned.Add(previous);
            }

            if (identity is not null)
            {
                if (hash < identity.Least)
                    renumbered.Add(identity);
                identity.Take(hash);
                arrived.Add((address, identity));
            }
        }

        Elect(orphaned, arrived, renumbered);
        Renumber(rules, renumbered);
        foreach (var (address, identity) in arrived)
            contents[maps.Peer[address.Family]].Set(new(address.Bits), identity.Id);
    }

    // Finds the member that gives its number to an identity which lost the one that gave it.
    private void Elect(HashSet<Identity> orphaned, List<(Address Address, Identity Identity)> arrived, HashSet<Identity> renumbered)
    {
        if (orphaned.Count == 0)
            return;
        foreach (var identity in orphaned)
            identity.Least = ulong.MaxValue;
        foreach (var (address, identity) in arrived)
            if (orphaned.Contains(identity))
                identity.Least = Math.Min(identity.Least, Hash.Of(address));
        foreach (var (address, identity) in Held())
            if (orphaned.Contains(identity))
                identity.Least = Math.Min(identity.Least, Hash.Of(address));
        renumbered.UnionWith(orphaned);
    }

    private IEnumerable<(Address Address, Identity Identity)> Held() =>
        from family in IpFamily.Both
        from element in contents[maps.Peer[family]].Elements
        select (new Address(family, element.Key.First), numbers.ById[(uint)element.Value]);

    // All numbers are given back before any is given out: one identity may take over another's.
    private void Renumber(LocalRules rules, HashSet<Identity> renumbered)
    {
        if (renumbered.Count == 0)
            return;
        var held = renumbered.Any(i => i.Id != 0) ? Held().Where(h => renumbered.Contains(h.Identity)).ToArray() : [];
        foreach (var identity in renumbered)
        {
            pairs.Remove(identity);
            if (identity.Id != 0)
                numbers.Free(identity);
            if (identity.Members == 0)
                identities.Remove(identity.Rows);
        }

        foreach (var identity in renumbered.Where(i => i.Members > 0).OrderBy(i => i.Least))
            Number(rules, identity);
        foreach (var (address, identity) in held)
            contents[maps.Peer[address.Family]].Set(new(address.Bits), identity.Id);
    }
}
