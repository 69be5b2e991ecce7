namespace Podwall.Policy.Compiling;

/// <summary>
/// What policies ask of pods in other namespaces: the label keys and port names that can tell pods apart everywhere.
/// While it stays the same, a change in one namespace leaves every other compiled block as it is.
/// </summary>
internal sealed class CrossFacts(IEnumerable<string> keys, IEnumerable<string> portNames) : IEquatable<CrossFacts>
{
    public HashSet<string> Keys { get; } = [.. keys];

    public HashSet<string> PortNames { get; } = [.. portNames];

    public static CrossFacts Of(IEnumerable<NetworkPolicy> policies)
    {
        HashSet<string> keys = [], names = [];
        foreach (var rule in policies.SelectMany(Rules))
        {
            foreach (var peer in rule.Peers)
                if (peer is Peer.PodsIn(_, var pods))
                    foreach (var requirement in pods.Requirements)
                        keys.Add(requirement.Key);
            foreach (var port in rule.Ports)
                if (port is PortMatch.Named named)
                    names.Add(named.Name);
        }

        return new(keys, names);
    }

    public static IEnumerable<Rule> Rules(NetworkPolicy policy) => (policy.Ingress ?? []).Concat(policy.Egress ?? []);

    public bool Equals(CrossFacts? other) => other is not null && Keys.SetEquals(other.Keys) && PortNames.SetEquals(other.PortNames);

    public override bool Equals(object? obj) => Equals(obj as CrossFacts);

    public override int GetHashCode() => HashCode.Combine(Keys.Count, PortNames.Count);
}
