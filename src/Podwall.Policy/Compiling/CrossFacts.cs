namespace Podwall.Policy.Compiling;

/// <summary>
/// What policies ask of pods in other namespaces: the label values and port names that can tell pods apart everywhere.
/// While it stays the same, a change in one namespace leaves every other compiled block as it is.
/// </summary>
internal sealed class CrossFacts(HashSet<LabelTerm> terms, HashSet<string> portNames) : IEquatable<CrossFacts>
{
    public HashSet<LabelTerm> Terms { get; } = terms;

    public HashSet<string> PortNames { get; } = portNames;

    public static CrossFacts Of(IEnumerable<NetworkPolicy> policies)
    {
        HashSet<LabelTerm> terms = [];
        HashSet<string> names = [];
        foreach (var rule in policies.SelectMany(Rules))
        {
            foreach (var peer in rule.Peers)
                if (peer is Peer.PodsIn(_, var pods))
                    LabelTerm.Add(pods, terms);
            foreach (var port in rule.Ports)
                if (port is PortMatch.Named named)
                    names.Add(named.Name);
        }

        return new(terms, names);
    }

    public static IEnumerable<Rule> Rules(NetworkPolicy policy) => (policy.Ingress ?? []).Concat(policy.Egress ?? []);

    public bool Equals(CrossFacts? other) => other is not null && Terms.SetEquals(other.Terms) && PortNames.SetEquals(other.PortNames);

    public override bool Equals(object? obj) => Equals(obj as CrossFacts);

    public override int GetHashCode() => HashCode.Combine(Terms.Count, PortNames.Count);
}
