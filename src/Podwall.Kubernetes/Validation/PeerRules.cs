using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class PeerRules
{
    public static IEnumerable<FieldError> Check(PolicyPeer peer, FieldPath path)
    {
        if (peer.PodSelector is { } pods)
            foreach (var error in SelectorRules.Check(pods, path.Child("podSelector")))
                yield return error;
        if (peer.NamespaceSelector is { } namespaces)
            foreach (var error in SelectorRules.Check(namespaces, path.Child("namespaceSelector")))
                yield return error;
        if (peer.IpBlock is { } block)
            foreach (var error in Check(block, path.Child("ipBlock")))
                yield return error;
        if (peer is { PodSelector: null, NamespaceSelector: null, IpBlock: null })
            yield return FieldError.Required(path, "must specify a peer")
                .WithFix("Write podSelector: {} for the pods of this namespace, namespaceSelector: {} for all pods; or leave the whole list out for anyone.");
        else if (peer.IpBlock is not null && (peer.PodSelector ?? peer.NamespaceSelector) is not null)
            yield return FieldError.Forbidden(path, "may not specify both ipBlock and another peer")
                .WithFix("Make two entries of it: one with ipBlock, one with the selectors (either then matches).");
    }

    private static IEnumerable<FieldError> Check(IpBlock block, FieldPath path)
    {
        if (block.Cidr.Length == 0)
        {
            yield return FieldError.Required(path.Child("cidr"), "").WithFix("Give the block: cidr: 10.0.0.0/8; everywhere is cidr: 0.0.0.0/0.");
            yield break;
        }

        if (Bad(block.Cidr, path.Child("cidr"), out var outer) is { } error)
        {
            yield return error;
            yield break;
        }

        for (var i = 0; i < block.Except.Count; i++)
        {
            var hole = path.Child("except").Child(i);
            if (Bad(block.Except[i], hole, out var inner) is { } bad)
                yield return bad;
            else if (!outer.Contains(inner.Network) || outer.PrefixLength >= inner.PrefixLength)
                yield return FieldError.Invalid(hole, block.Except[i], "must be a strict subset of `cidr`")
                    .WithFix($"Give a smaller block inside {outer}, or take it away.");
        }
    }

    private static FieldError? Bad(string text, FieldPath path, out Cidr cidr) => Cidr.TryParse(text, out cidr)
        ? null
        : FieldError.Invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)") with
        {
            Fix = Address.TryParse(text.Trim(), out var address) ? $"For this one address write {address}/{address.Family.Bits}."
                : text.Trim() != text ? $"Take the spaces away: {text.Trim()}."
                : text.Contains('-') ? "Write the range as one or more blocks: 10.0.0.0/8."
                : "Write an address, a slash and a length: 10.0.0.0/8.",
        };
}
