using Podwall.Nftables.Model;
using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>The pods of this node: which addresses are theirs, and what governs them.</summary>
internal sealed class Subjects(NodeFacts node, Maps maps, Contents contents)
{
    private readonly SortedDictionary<string, Subject[]> local = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Signature> signatures = [];
    private bool wasContested;

    /// <summary>What governs local pods now.</summary>
    public IReadOnlyCollection<Signature> Signatures => signatures.Values;

    public IEnumerable<Pod> Pods => local.Values.SelectMany(l => l).Select(s => s.Pod);

    /// <summary>Takes over the namespaces that changed; false where local pods and what governs them are as they were.</summary>
    public bool Update(Compiled compiled, IReadOnlyList<BlockChange> changes)
    {
        var touched = compiled.HasContestedAddresses || wasContested;
        foreach (var change in changes)
        {
            var before = local.GetValueOrDefault(change.Name, []);
            var here = change.After is { } block ? Here(block) : [];
            local.Remove(change.Name);
            if (here.Length > 0)
                local[change.Name] = here;
            touched |= before.Length + here.Length > 0 && !(change.IsGovernedAlike && before.Length == here.Length && before.Zip(here).All(s => s.First.IsLike(s.Second)));
        }

        wasContested = compiled.HasContestedAddresses;
        if (touched)
            Rebuild(compiled);
        else
            foreach (var subject in changes.SelectMany(c => local.GetValueOrDefault(c.Name, [])))
                foreach (var signature in subject.Signatures)
                    signatures[signature.Text].Follow(signature);
        return touched;
    }

    private Subject[] Here(CompiledBlock block)
    {
        List<Subject> here = [];
        foreach (var pod in block.Source.Pods)
            if (pod.Node == node.Name && pod.Addresses.Count > 0 && block.GroupOf(pod) is { } group)
                here.Add(new(pod, SignatureOf(Direction.Ingress, [group]), SignatureOf(Direction.Egress, [group])));
        return [.. here];
    }

    private void Rebuild(Compiled compiled)
    {
        signatures.Clear();
        List<Owned> owned = [];
        foreach (var subject in local.Values.SelectMany(l => l))
            foreach (var address in subject.Pod.Addresses.AsEnumerable())
                if (!node.Families.Contains(address.Family))
                    continue;
                else if (!compiled.HasContestedAddresses)
                    owned.Add(new(address, Shared(subject.Ingress), Shared(subject.Egress)));
                else if (compiled.OwnersOf(address) is { Count: > 0 } owners && owners.Contains(subject.Pod))
                    owned.Add(OwnedBy(address, [.. owners.Select(compiled.GroupOf).OfType<LabelGroup>()]));
        Number();
        foreach (var family in IpFamily.Both)
            Fill(owned, family);
    }

    private Owned OwnedBy(Address address, IReadOnlyList<LabelGroup> owners) =>
        new(address, Shared(SignatureOf(Direction.Ingress, owners)), Shared(SignatureOf(Direction.Egress, owners)));

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

    /// <summary>A pod of this node, and what governs it while no other pod has its address.</summary>
    private sealed record Subject(Pod Pod, Signature? Ingress, Signature? Egress)
    {
        public IEnumerable<Signature> Signatures => new[] { Ingress, Egress }.OfType<Signature>();

        public bool IsLike(Subject other) => ReferenceEquals(Pod, other.Pod) && Ingress?.Text == other.Ingress?.Text && Egress?.Text == other.Egress?.Text;
    }

    private sealed record Owned(Address Address, Signature? Ingress, Signature? Egress);

    private static ElementKey Twice(Address address) =>
        address.Family == IpFamily.V4 ? new(address.Bits << 32 | address.Bits) : new(address.Bits, address.Bits);

    private static Signature? SignatureOf(Direction direction, IReadOnlyList<LabelGroup> owners) =>
        owners.Any(o => o.SideOf(direction) is not null) ? Signature.Of(direction, owners) : null;

    // One object for all pods that it governs.
    private Signature? Shared(Signature? signature) => signature is null ? null
        : signatures.TryGetValue(signature.Text, out var known) ? known
        : signatures[signature.Text] = signature;

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

    /// <summary>The namespace was and is there, with the same policies.</summary>
    public bool IsGovernedAlike => Before is not null && After is not null && Before.Source.Policies == After.Source.Policies;
}
