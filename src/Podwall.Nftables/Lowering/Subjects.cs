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
        List<(Address Address, IReadOnlyList<LabelGroup> Owners)> owned = [];
        foreach (var (pod, group) in local.Values.SelectMany(l => l))
            foreach (var address in pod.Addresses.Where(a => node.Families.Contains(a.Family)))
                if (!compiled.HasContestedAddresses)
                    owned.Add((address, [group]));
                else if (compiled.OwnersOf(address) is { Count: > 0 } owners && owners.Contains(pod))
                    owned.Add((address, [.. owners.Select(compiled.GroupOf).OfType<LabelGroup>()]));
        var assigned = owned.Select(o => (o.Address, In: SignatureOf(Direction.Ingress, o.Owners), Out: SignatureOf(Direction.Egress, o.Owners))).ToArray();
        Number();
        foreach (var family in IpFamily.Both)
        {
            var here = assigned.Where(a => a.Address.Family == family).DistinctBy(a => a.Address).ToArray();
            contents[maps.Ready[family]].Replace(here.ToDictionary(a => new ElementKey(a.Address.Bits), _ => 0UL));
            contents[maps.Self[family]].Replace(here.ToDictionary(a => Twice(a.Address), _ => 0UL));
            contents[maps.SubjectIngress[family]].Replace(here.Where(a => a.In is not null).ToDictionary(a => new ElementKey(a.Address.Bits), a => (ulong)a.In!.Id));
            contents[maps.SubjectEgress[family]].Replace(here.Where(a => a.Out is not null).ToDictionary(a => new ElementKey(a.Address.Bits), a => (ulong)a.Out!.Id));
        }
    }

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
