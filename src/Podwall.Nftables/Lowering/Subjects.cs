using Podwall.Nftables.Model;
using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>The pods of this node: which addresses are theirs, and what governs them.</summary>
internal sealed class Subjects(NodeFacts node, Maps maps, Contents contents)
{
    private readonly SortedDictionary<string, List<(Pod Pod, LabelGroup Group)>> local = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Signature> signatures = [];
    private bool wasContested;

    /// <summary>What governs local pods now.</summary>
    public IReadOnlyCollection<Signature> Signatures => signatures.Values;

    public IEnumerable<Pod> Pods => local.Values.SelectMany(l => l).Select(l => l.Pod);

    /// <summary>Takes over the namespaces that changed; false where no local pod can have been touched.</summary>
    public bool Update(Compiled compiled, IReadOnlyList<BlockChange> changes)
    {
        var touched = compiled.HasContestedAddresses || wasContested;
        foreach (var change in changes)
        {
            List<(Pod, LabelGroup)> here = [];
            foreach (var group in change.After?.Groups ?? [])
                here.AddRange(group.Pods.Where(p => p.Node == node.Name && p.Addresses.Count > 0).Select(p => (p, group)));
            touched |= local.Remove(change.Name) | here.Count > 0;
            if (here.Count > 0)
                local[change.Name] = here;
        }

        wasContested = compiled.HasContestedAddresses;
        if (touched)
            Rebuild(compiled);
        return touched;
    }

    private void Rebuild(Compiled compiled)
    {
        signatures.Clear();
        List<Owned> owned = [];
        foreach (var (pod, group) in local.Values.SelectMany(l => l))
            foreach (var address in pod.Addresses.AsEnumerable())
                if (!node.Families.Contains(address.Family))
                    continue;
                else if (!compiled.HasContestedAddresses)
                    owned.Add(OwnedBy(address, [group]));
                else if (compiled.OwnersOf(address) is { Count: > 0 } owners && owners.Contains(pod))
                    owned.Add(OwnedBy(address, [.. owners.Select(compiled.GroupOf).OfType<LabelGroup>()]));
        Number();
        foreach (var family in IpFamily.Both)
            Fill(owned, family);
    }

    private Owned OwnedBy(Address address, IReadOnlyList<LabelGroup> owners) =>
        new(address, SignatureOf(Direction.Ingress, owners), SignatureOf(Direction.Egress, owners));

    private void Fill(List<Owned> owned, IpFamily family)
    {
        Dictionary<ElementKey, ulong> ready = [], self = [], ingress = [], egress = [];
        foreach (var (address, into, outOf) in owned)
        {
            var key = ElementKey.Of(address);
            if (address.Family != family || !ready.TryAdd(key, 0))
                continue;
            self[Twice(address)] = 0;
            if (into is not null)
                ingress[key] = into.Id;
            if (outOf is not null)
                egress[key] = outOf.Id;
        }

        contents[maps.Ready[family]].Replace(ready);
        contents[maps.Self[family]].Replace(self);
        contents[maps.SubjectIngress[family]].Replace(ingress);
        contents[maps.SubjectEgress[family]].Replace(egress);
    }

    private sealed record Owned(Address Address, Signature? Ingress, Signature? Egress);

    private static ElementKey Twice(Address address) =>
        address.Family == IpFamily.V4 ? new(address.Bits << 32 | address.Bits) : new(address.Bits, address.Bits);

    private Signature? SignatureOf(Direction direction, IReadOnlyList<LabelGroup> owners)
    {
        if (!owners.Any(o => o.SideOf(direction) is not null))
            return null;
        var signature = Signature.Of(direction, owners);
        if (!signatures.TryGetValue(signature.Text, out var known))
            signatures[signature.Text] = known = signature;
        return known;
    }

    // Numbers follow from the signatures alone, whatever their order of appearance.
    private void Number()
    {
        HashSet<uint> taken = [0];
        foreach (var signature in signatures.Values.OrderBy(s => s.Text, StringComparer.Ordinal))
        {
            var id = (uint)(Hash.Of(signature.Text) >> 32);
            while (!taken.Add(id))
                id = unchecked(id + 1);
            signature.Id = id;
        }
    }
}

/// <summary>A namespace before and after an update; null where it was or is not there.</summary>
internal readonly record struct BlockChange(CompiledBlock? Before, CompiledBlock? After)
{
    public string Name => (After ?? Before)!.Source.Name;
}
