using System.Text;
using System.Text.Json;
using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Suggesting;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Cli;

/// <summary><c>matrix --by pod -o json</c> and the batch answers, asked of the same random clusters, say the same.</summary>
public sealed class MatrixAndBatchTests
{
    private static readonly int[] Numbers = [1, 53, 80, 81, 8080, 8999, 9000, 65535];

    [Fact]
    public void Every_batch_verdict_is_in_the_matrix() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var snapshot = random.Snapshot();
        var manifests = JsonOf(snapshot);
        var connections = JsonDocument.Parse(Run(manifests, "matrix", "--by", "pod", "-o", "json", "-f", "-")).RootElement.GetProperty("connections")
            .EnumerateArray().ToLookup(c => (c.GetProperty("from").GetString()!, c.GetProperty("to").GetString()!));
        var file = Path.Combine(Path.GetTempPath(), $"podwall-{Environment.ProcessId}-{seed}.yaml");
        File.WriteAllText(file, manifests);
        try
        {
            var answers = Run(Questions(random, snapshot), "check", "-f", file, "--flows", "-", "-o", "jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(answers.Length > 0 || snapshot.Pods.All(p => p.UsesHostNetwork));
            foreach (var answer in answers)
                AssertSame(JsonDocument.Parse(answer).RootElement, connections);
        }
        finally
        {
            File.Delete(file);
        }
    }, iter: Effort.Times(150), threads: 1);

    private static void AssertSame(JsonElement answer, ILookup<(string From, string To), JsonElement> connections)
    {
        var (from, to) = (answer.GetProperty("from").GetString()!, answer.GetProperty("to").GetString()!);
        var listed = connections.Where(g => Holds(g.Key.From, from) && Holds(g.Key.To, to)).SelectMany(g => g).Where(c => c.GetProperty("allowed").EnumerateArray().Any(a => Holds(a, answer))).ToArray();
        foreach (var family in (string[])["IPv4", "IPv6"])
        {
            var asked = answer.TryGetProperty("families", out var families) ? families.GetProperty(family) : answer.GetProperty("verdict");
            var inMatrix = listed.Any(c => !c.TryGetProperty("family", out var only) || only.GetString() == family);
            Assert.True((asked.GetString() == "allow") == inMatrix, $"{answer} over {family}; the matrix lists {string.Join(", ", listed)}");
        }
    }

    private static bool Holds(string end, string asked)
    {
        if (!Address.TryParse(asked, out var address))
            return end == asked;
        var bounds = end.Split('-');
        return bounds.Length == 2 && Address.TryParse(bounds[0], out var first) && Address.TryParse(bounds[1], out var last)
            && first.Family == address.Family && new AddressRange(first, last) is var range && AddressSet.Of([range]).Contains(address);
    }

    private static bool Holds(JsonElement allowed, JsonElement answer)
    {
        var (protocol, asked) = (allowed.GetProperty("protocol").GetString(), answer.GetProperty("protocol").GetString());
        return protocol == "*" || (protocol == asked && (asked == "ICMP" || allowed.GetProperty("ports").EnumerateArray().Any(p => Holds(p.GetString()!, answer.GetProperty("port").GetInt32()))));
    }

    private static bool Holds(string ports, int port) => ports.Split('-').Select(int.Parse).ToArray() is var bounds && bounds[0] <= port && port <= bounds[^1];

    private static string Questions(RandomCluster random, Snapshot snapshot)
    {
        var pods = snapshot.Pods.Where(p => !p.UsesHostNetwork).Select(p => $"{p.Id}").ToArray();
        var taken = snapshot.Pods.SelectMany(p => p.Addresses).Concat(snapshot.Nodes.SelectMany(n => n.Addresses)).ToHashSet();
        var outside = Enumerable.Range(0, 6).Select(_ => random.OutsideAddress()).Where(a => !taken.Contains(a)).Select(a => $"{a}").ToArray();
        var pairs = pods.SelectMany(f => pods.Concat(outside), (f, t) => (f, t)).Concat(outside.SelectMany(f => pods, (f, t) => (f, t))).Where(p => p.f != p.t);
        return string.Concat(pairs.SelectMany(p => Numbers.Append(random.Port()).Select(port => $"{{\"from\":\"{p.f}\",\"to\":\"{p.t}\",\"protocol\":\"{random.Protocol().Name()}\",\"port\":{port}}}\n")
            .Append($"{{\"from\":\"{p.f}\",\"to\":\"{p.t}\",\"protocol\":\"ICMP\"}}\n")));
    }

    private static string Run(string input, params string[] arguments)
    {
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var code = CliRun.Through(stdin, stdout, stderr, false, arguments).GetAwaiter().GetResult();
        Assert.True(code == 0, Encoding.UTF8.GetString(stderr.ToArray()));
        return Encoding.UTF8.GetString(stdout.ToArray());
    }

    /// <summary>The snapshot as manifests, each document JSON or YAML.</summary>
    private static string JsonOf(Snapshot snapshot) => string.Join("\n---\n",
    [
        .. snapshot.Nodes.Select(n => Json(new { apiVersion = "v1", kind = "Node", metadata = new { name = n.Name }, status = new { addresses = n.Addresses.Select(a => new { type = "InternalIP", address = $"{a}" }) } })),
        .. snapshot.Namespaces.Where(n => n.IsDeclared).Select(n => Json(new { apiVersion = "v1", kind = "Namespace", metadata = new { name = n.Name, labels = Labels(n.Labels) } })),
        .. snapshot.Pods.Select(p => Json(new
        {
            apiVersion = "v1",
            kind = "Pod",
            metadata = new { name = p.Id.Name, @namespace = p.Id.Namespace, labels = Labels(p.Labels), deletionTimestamp = p.IsTerminating ? "2026-01-01T00:00:00Z" : null },
            spec = new { nodeName = p.Node, hostNetwork = p.UsesHostNetwork, containers = new[] { new { name = "c", ports = p.Ports.Select(c => new { name = c.Name, containerPort = c.Number, protocol = c.Protocol.Name() }) } } },
            status = new { podIPs = p.Addresses.Select(a => new { ip = $"{a}" }) },
        })),
        .. snapshot.Policies.Select(p => string.Join('\n', PolicyYaml.Of(Acceptable(p)))),
    ]);

    // The API server refuses an exception that is no part of its block.
    private static NetworkPolicy Acceptable(NetworkPolicy policy) => new(policy.Id, Acceptable(policy.Subject), Acceptable(policy.Rules(Direction.Ingress)), Acceptable(policy.Rules(Direction.Egress)));

    private static ValueList<Rule>? Acceptable(ValueList<Rule>? rules) => rules?.Select(r => r with { Peers = [.. r.Peers.Select(Acceptable)] }).ToValueList();

    private static Peer Acceptable(Peer peer) => peer switch
    {
        Peer.PodsHere(var pods) => new Peer.PodsHere(Acceptable(pods)),
        Peer.PodsIn(var namespaces, var pods) => new Peer.PodsIn(Acceptable(namespaces), Acceptable(pods)),
        Peer.Network(var block, var except) => new Peer.Network(block, [.. except.Where(e => e.Family == block.Family && e.PrefixLength > block.PrefixLength && AddressSet.Of([block.Range]).Contains(e.Range.First))]),
        _ => peer,
    };

    // matchLabels holds a key once: what stands twice goes to matchExpressions, beside a value that no object has.
    private static Selector Acceptable(Selector selector) => Selector.Of(selector.Requirements.Select((r, i) =>
        r is Requirement.OneOf(var key, [var value]) && selector.Requirements.Take(i).Any(o => o is Requirement.OneOf { Values.Count: 1 } && o.Key == key) ? new Requirement.OneOf(key, [value, "nobody"]) : r));

    private static string Json(object value) => JsonSerializer.Serialize(value, Options);

    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static Dictionary<string, string> Labels(Labels labels) => labels.Where(l => l.Key != NamespaceBlock.NameLabel).ToDictionary(l => l.Key, l => l.Value);
}
