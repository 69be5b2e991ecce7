using System.Globalization;
using System.Text.RegularExpressions;
using Podwall.Policy;

namespace Podwall.Tests.Guide;

/// <summary>Reads what the guide says of a policy as a person would, without looking at the policy.</summary>
internal static partial class SentenceReader
{
    /// <summary>Whether a line such as "pods with app: web of namespace prod, on TCP 80" is about this flow, seen from one side of it.</summary>
    public static bool Covers(string line, Snapshot cluster, Endpoint far, Endpoint destination, Protocol protocol, int port)
    {
        var cut = line.LastIndexOf(", on ", StringComparison.Ordinal);
        return IsPeer(line[..cut], cluster, far) && IsTraffic(line[(cut + ", on ".Length)..], destination, protocol, port);
    }

    /// <summary>The numbers in a line that are ports, and their neighbours: where a sentence would be wrong first.</summary>
    public static IEnumerable<int> PortsIn(string line) =>
        Numbers().Matches(line[(line.LastIndexOf(", on ", StringComparison.Ordinal) + 1)..]).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture)).SelectMany(p => (int[])[p - 1, p, p + 1]);

    private static bool IsPeer(string peer, Snapshot cluster, Endpoint far)
    {
        if (peer == "anybody, inside or outside the cluster")
            return true;
        if (Addresses().Match(peer) is { Success: true } block)
            return Holds(block.Groups["in"].Value, far)
                && !block.Groups["not"].Value.Split(" or ", StringSplitOptions.RemoveEmptyEntries).Any(b => Holds(b, far));
        var words = Pods().Match(peer);
        Assert.True(words.Success, $"'{peer}' is no peer that anybody could read");
        return far.Pod is { } pod && IsSelected(words.Groups["pods"].Value, pod.Labels) && IsNamespace(words.Groups["ns"].Value, cluster, pod.Namespace);
    }

    private static bool Holds(string block, Endpoint far) => far.Addresses.AsEnumerable().Any(a => Cidr.Parse(block).Contains(a));

    private static bool IsNamespace(string text, Snapshot cluster, string name)
    {
        if (text == "any namespace")
            return true;
        if (text.StartsWith("namespace ", StringComparison.Ordinal))
            return Now().Replace(text["namespace ".Length..], "").Split(" or ").Contains(name);
        var known = cluster.Find(name)!.Labels;
        var labels = known[NamespaceBlock.NameLabel] is null ? known.With(NamespaceBlock.NameLabel, name) : known;
        return IsSelected(Now().Replace(text["namespaces".Length..], "").Trim(), labels);
    }

    private static bool IsSelected(string text, Labels labels) => text is "any pod" or "pods"
        || (text.StartsWith("pods with ", StringComparison.Ordinal) ? text["pods with ".Length..] : text["with ".Length..]).Split(" and ").All(t => Holds(t, labels));

    private static bool Holds(string term, Labels labels)
    {
        var match = Terms().Match(term);
        Assert.True(match.Success, $"'{term}' is no term that anybody could read");
        var (value, values) = (labels[match.Groups["key"].Value], match.Groups["values"].Value.Split(", "));
        return match.Groups["is"].Value switch
        {
            ": " or " in (" => value is not null && values.Contains(value),
            " notin (" => value is null || !values.Contains(value),
            " exists" => value is not null,
            _ => value is null,
        };
    }

    private static bool IsTraffic(string text, Endpoint destination, Protocol protocol, int port) => text == "any port and protocol" || text.Split(", ").Any(part =>
    {
        var match = Ports().Match(part);
        Assert.True(match.Success, $"'{part}' are no ports that anybody could read");
        if (match.Groups["protocol"].Value != protocol.Name())
            return false;
        if (match.Groups["name"].Success)
            return destination.Pod?.Ports.AsEnumerable().Any(p => p.Name == match.Groups["name"].Value && p.Protocol == protocol && p.Number == port) ?? false;
        if (!match.Groups["first"].Success)
            return true;
        var first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        return port >= first && port <= (match.Groups["last"].Success ? int.Parse(match.Groups["last"].Value, CultureInfo.InvariantCulture) : first);
    });

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Numbers();

    [GeneratedRegex("^addresses in (?<in>[^, ]+)(?:, but not in (?<not>.+))?$")]
    private static partial Regex Addresses();

    [GeneratedRegex("^(?<pods>any pod|pods with .+?) (?:of|in) (?<ns>(?:any )?namespaces? ?.*)$")]
    private static partial Regex Pods();

    [GeneratedRegex(@" \((?:now|there is none now).*\)$")]
    private static partial Regex Now();

    [GeneratedRegex(@"^(?<key>[A-Za-z0-9./_-]+)(?<is>: | in \(| notin \(| exists$| does not exist$)(?<values>[^)]*)\)?$")]
    private static partial Regex Terms();

    [GeneratedRegex("^(?:(?:the )?(?<protocol>TCP|UDP|SCTP) (?:(?<first>[0-9]+)(?:-(?<last>[0-9]+))?|port that the destination names \"(?<name>.+)\")|every (?<protocol>TCP|UDP|SCTP) port)$")]
    private static partial Regex Ports();
}
