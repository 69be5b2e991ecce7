namespace Podwall.Nftables.Lowering;

/// <summary>Numbers for identities. Peers get even ones and blocks odd ones, for both meet in the same pairs.</summary>
internal sealed class IdentityNumbers(uint kind)
{
    private readonly Dictionary<uint, Identity> byId = [];

    public IReadOnlyDictionary<uint, Identity> ById => byId;

    public void Clear() => byId.Clear();

    public void Free(Identity identity) => byId.Remove(identity.Id);

    /// <summary>Numbers that the least hash does not have free are looked for next to it: one in a million clusters needs that.</summary>
    public void Assign(Identity identity)
    {
        var id = (uint)(identity.Least >> 32) & ~1u | kind;
        while (!byId.TryAdd(id, identity))
            id = unchecked(id + 2);
        identity.Id = id;
    }
}
