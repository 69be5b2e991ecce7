using System.Text;

namespace Podwall.Policy.Suggesting;

/// <summary>Parts of a policy as the YAML that a person would paste; in flow style, so that a part is one line.</summary>
public static class PolicyYaml
{
    public static string Of(Peer peer) => peer switch
    {
        Peer.PodsHere(var pods) => $"podSelector: {Of(pods)}",
        Peer.PodsIn(var namespaces, var pods) when pods == Selector.Everything => $"namespaceSelector: {Of(namespaces)}",
        Peer.PodsIn(var namespaces, var pods) => $"{{namespaceSelector: {Of(namespaces)}, podSelector: {Of(pods)}}}",
        Peer.Unreadable => "# a rule that could not be read",
        Peer.Network { Except.Count: 0 } network => $"ipBlock: {{cidr: {Text($"{network.Block}")}}}",
        Peer.Network network => $"ipBlock: {{cidr: {Text($"{network.Block}")}, except: [{string.Join(", ", network.Except.Select(e => Text($"{e}")))}]}}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static string Of(PortMatch port) => port switch
    {
        PortMatch.Numbered(var protocol, var range) when range.First != range.Last => $"{{protocol: {protocol.Name()}, port: {range.First}, endPort: {range.Last}}}",
        PortMatch.Numbered(var protocol, var range) => $"{{protocol: {protocol.Name()}, port: {range.First}}}",
        PortMatch.Named(var protocol, var name) => $"{{protocol: {protocol.Name()}, port: {Text(name)}}}",
        _ => $"{{protocol: {port.Protocol.Name()}}}",
    };

    /// <summary>A rule, as the lines of one list entry.</summary>
    public static IEnumerable<string> Of(Rule rule, Direction direction)
    {
        string[] peers = rule.AnyPeer ? [] : [direction == Direction.Ingress ? "from:" : "to:", .. rule.Peers.Select(p => $"- {Of(p)}")];
        string[] ports = rule.AnyPort ? [] : ["ports:", .. rule.Ports.Select(p => $"- {Of(p)}")];
        string[] lines = [.. peers, .. ports];
        return lines.Length == 0 ? ["- {}"] : lines.Select((line, i) => i == 0 ? $"- {line}" : $"  {line}");
    }

    /// <summary>What a change puts into a policy; nothing for one that takes away, or that is about labels.</summary>
    public static IEnumerable<string> Of(Change change) => change switch
    {
        Change.AddPeer(_, var peer) => [$"- {Of(peer)}"],
        Change.AddPort(_, var port) => [$"- {Of(port)}"],
        Change.AddRule(_, var direction, var rule) => Of(rule, direction),
        Change.AddPolicy(var policy) => Of(policy),
        _ => [],
    };

    /// <summary>A whole policy, as a manifest.</summary>
    public static IEnumerable<string> Of(NetworkPolicy policy) =>
    [
        "apiVersion: networking.k8s.io/v1",
        "kind: NetworkPolicy",
        $"metadata: {{name: {Text(policy.Id.Name)}, namespace: {Text(policy.Id.Namespace)}}}",
        "spec:",
        $"  podSelector: {Of(policy.Subject)}",
        $"  policyTypes: [{string.Join(", ", new[] { Direction.Ingress, Direction.Egress }.Where(policy.Governs))}]",
        .. Rules(policy, Direction.Ingress),
        .. Rules(policy, Direction.Egress),
    ];

    private static IEnumerable<string> Rules(NetworkPolicy policy, Direction direction) => policy.Rules(direction) is { Count: > 0 } rules
        ? rules.SelectMany(r => Of(r, direction)).Select(l => $"  {l}").Prepend($"  {(direction == Direction.Ingress ? "ingress" : "egress")}:")
        : [];

    private static string Of(Selector selector)
    {
        // A map holds a key once; a second term on the same key is an expression.
        var labels = selector.Requirements.OfType<Requirement.OneOf>().Where(r => r.Values.Count == 1).DistinctBy(r => r.Key).ToArray();
        var expressions = selector.Requirements.Except(labels).ToArray();
        var text = new List<string>();
        if (labels.Length > 0)
            text.Add($"matchLabels: {{{string.Join(", ", labels.Select(l => $"{Text(l.Key)}: {Text(l.Values[0])}"))}}}");
        if (expressions.Length > 0)
            text.Add($"matchExpressions: [{string.Join(", ", expressions.Select(Of))}]");
        return $"{{{string.Join(", ", text)}}}";
    }

    private static string Of(Requirement requirement) => requirement switch
    {
        Requirement.OneOf(var key, var values) => $"{{key: {Text(key)}, operator: In, values: [{string.Join(", ", values.Select(Text))}]}}",
        Requirement.NoneOf(var key, var values) => $"{{key: {Text(key)}, operator: NotIn, values: [{string.Join(", ", values.Select(Text))}]}}",
        Requirement.Present(var key) => $"{{key: {Text(key)}, operator: Exists}}",
        _ => $"{{key: {Text(requirement.Key)}, operator: DoesNotExist}}",
    };

    // A label value such as true, 1 or 1e3 would be read as something other than text.
    private static string Text(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && !IsKeyword(value)
            ? value
            : new StringBuilder("\"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append('"').ToString();

    private static bool IsKeyword(string value) =>
        value.ToUpperInvariant() is "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N" or "NULL";
}
