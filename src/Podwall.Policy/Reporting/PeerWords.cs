namespace Podwall.Policy.Reporting;

/// <summary>Peers and ports as a person says them.</summary>
public static class PeerWords
{
    private const int NamedNamespaces = 5;

    public static string Of(Peer peer, string policyNamespace, Snapshot snapshot) => peer switch
    {
        Peer.PodsHere(var pods) => $"{Of(pods)} of namespace {policyNamespace}",
        Peer.PodsIn(var namespaces, var pods) => $"{Of(pods)} in {Namespaces(namespaces, snapshot)}",
        Peer.Unreadable => "nobody: the rule could not be read",
        Peer.Network { Except.Count: 0 } network => $"addresses in {network.Block}",
        Peer.Network network => $"addresses in {network.Block}, but not in {string.Join(" or ", network.Except)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static string Of(ValueList<PortMatch> ports) => ports.Count == 0 ? "on any port and protocol" : $"on {string.Join(", ", ports.Select(Of))}";

    private static string Of(PortMatch port) => port switch
    {
        PortMatch.Numbered(var protocol, var range) => $"{protocol.Name()} {range}",
        PortMatch.Named(var protocol, var name) => $"the {protocol.Name()} port that the destination names \"{name}\"",
        _ => $"every {port.Protocol.Name()} port",
    };

    public static string Of(Selector pods) => pods == Selector.Everything ? "any pod" : $"pods with {string.Join(" and ", pods.Requirements)}";

    private static string Namespaces(Selector namespaces, Snapshot snapshot)
    {
        if (namespaces == Selector.Everything)
            return "any namespace";
        if (namespaces.Requirements is [Requirement.OneOf { Key: NamespaceBlock.NameLabel, Values: var named }])
            return $"namespace {string.Join(" or ", named)}{(named.Any(n => snapshot.Find(n) is not null) ? "" : " (there is none now)")}";
        var now = snapshot.Namespaces.Where(n => namespaces.Selects(n.Labels)).Select(n => n.Name).ToArray();
        return $"namespaces with {string.Join(" and ", namespaces.Requirements)} (now {(now.Length == 0 ? "none" : string.Join(", ", now.Take(NamedNamespaces)))}{(now.Length > NamedNamespaces ? $" and {now.Length - NamedNamespaces} more" : "")})";
    }
}
