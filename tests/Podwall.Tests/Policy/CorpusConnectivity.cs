using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Tests.Policy;

/// <summary>
/// The connection lists of another analyser, pair by pair and range by range. Where its reading of host-network pods changes
/// the answer, the engine is switched to that reading (docs/corpus.md lists the cases).
/// </summary>
public sealed class CorpusConnectivity
{
    public static TheoryData<string> Cases => [.. Corpus.Cases("np-guard")];

    [Theory, MemberData(nameof(Cases))]
    public void The_reachability_is_the_recorded_one(string id)
    {
        var expected = Corpus.Expected(id);
        var asPods = expected.GetProperty("assumptions").EnumerateArray().Any(a => a.GetString() == "hostnetwork-as-pod");
        var manifests = ManifestReader.Read(ManifestPaths.Expand([Path.Combine(Corpus.Require(), id, "manifests")], new DiskFiles(() => Stream.Null)));
        Assert.True(manifests.CanDecide);
        var compiled = Compiled.Compile(manifests.Snapshot, new(asPods ? HostNetworkPods.AreOrdinaryPods : HostNetworkPods.AreTheNode));
        var focus = Focus(expected);
        // The recorded list keeps pods that have finished; they own no address any more (docs/corpus.md).
        var finished = expected.GetProperty("model").GetProperty("pods").EnumerateArray().GroupBy(p => p.GetProperty("workload").GetString()!)
            .Where(w => w.All(p => manifests.FinishedPods.Any(f => $"{f}" == p.GetProperty("id").GetString()))).Select(w => w.Key).ToHashSet();
        AssertEqual(
            expected.GetProperty("connections").EnumerateArray().Select(Recorded).Where(c => !finished.Contains(c.From) && !finished.Contains(c.To)).ToArray(),
            Reachability.Of(compiled, Grouping.Workload).Connections().Where(focus).ToArray());
    }

    private static void AssertEqual(Connection[] expected, Connection[] actual)
    {
        var (wanted, found) = (Facts(expected, Cuts(expected, actual)), Facts(actual, Cuts(expected, actual)));
        foreach (var end in wanted.Keys.Union(found.Keys))
            Assert.True(Of(wanted, end) == Of(found, end), $"{end}: recorded {Of(wanted, end)}, found {Of(found, end)}");
    }

    private static Traffic Of(Dictionary<(string, string), Traffic> facts, (string, string) ends) => facts.GetValueOrDefault(ends, Traffic.None);

    // Ranges are cut at every bound that either side knows, so that equal sets are equal facts.
    private static Dictionary<(string, string), Traffic> Facts(Connection[] connections, uint[] cuts)
    {
        Dictionary<(string, string), Traffic> facts = [];
        var pieces = connections.SelectMany(c => new[] { c.From, c.To }).Distinct().ToDictionary(e => e, e => Pieces(e, cuts).ToArray());
        foreach (var connection in connections)
            foreach (var from in pieces[connection.From])
                foreach (var to in pieces[connection.To])
                    facts[(from, to)] = Of(facts, (from, to)).Union(connection.Traffic with { PortLess = false });
        return facts;
    }

    private static IEnumerable<string> Pieces(string end, uint[] cuts) =>
        Range(end) is var (first, last) ? cuts.Where(c => c >= first && c <= last).Select(c => $"outside from {c}") : IsV6(end) ? [] : [end];

    private static uint[] Cuts(Connection[] expected, Connection[] actual) => [.. expected.Concat(actual).SelectMany(c => new[] { c.From, c.To })
        .Select(Range).SelectMany(r => r is var (first, last) ? last == uint.MaxValue ? [first] : new[] { first, last + 1 } : []).Distinct()];

    private static (uint First, uint Last)? Range(string end) =>
        end.Split('-') is [var first, var last] && Number(first) is { } low && Number(last) is { } high ? (low, high) : null;

    private static uint? Number(string text) =>
        text.Count(c => c == '.') == 3 && Address.TryParse(text, out var address) ? text.Split('.').Aggregate(0u, (n, o) => n << 8 | uint.Parse(o)) : null;

    private static bool IsV6(string end) => end.Contains(':');

    private static Func<Connection, bool> Focus(JsonElement expected)
    {
        if (!expected.TryGetProperty("focus", out var focus))
            return _ => true;
        var workloads = focus.GetProperty("workloads").EnumerateArray().Select(w => w.GetString()!).ToHashSet();
        var direction = focus.TryGetProperty("direction", out var d) && d.ValueKind == JsonValueKind.String ? d.GetString() : null;
        return c => (direction != "ingress" && workloads.Contains(c.From)) || (direction != "egress" && workloads.Contains(c.To));
    }

    private static Connection Recorded(JsonElement connection) => new(
        connection.GetProperty("from").GetString()!, connection.GetProperty("to").GetString()!,
        connection.GetProperty("allowed").EnumerateArray().Aggregate(Traffic.None, (traffic, allowed) => traffic.Union(Recorded(allowed, allowed.GetProperty("protocol").GetString()!))));

    private static Traffic Recorded(JsonElement allowed, string protocol)
    {
        var ports = PortSet.Of(allowed.GetProperty("ports").EnumerateArray().Select(p => p.GetString()!.Split('-')).Select(p => new PortRange(ushort.Parse(p[0]), ushort.Parse(p[^1]))));
        return ProtocolNames.TryParse(protocol, out var one) ? Traffic.Of(one, ports) : new(ports, ports, ports, PortLess: false);
    }
}
