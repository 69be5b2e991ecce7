using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Tests.Policy;

/// <summary>Held against <see cref="BruteForce"/>: what was seen is allowed, and all else that is allowed is listed.</summary>
public sealed class LeastPrivilegeTests
{
    private static readonly (Protocol Protocol, int Port)[] Packets = [(Protocol.Tcp, 80), (Protocol.Tcp, 8080), (Protocol.Udp, 53), (Protocol.Icmp, 0)];

    [Fact]
    public void What_was_seen_is_allowed_and_the_rest_is_listed() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var compiled = Compiled.Compile(Cluster(seed));
        Pod[] pods = [.. compiled.Snapshot.Pods];
        Flow[] seen = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Flow(compiled, pods[random.Next(pods.Length)], pods[random.Next(pods.Length)], Packets[random.Next(Packets.Length)])).Where(f => f.From.Pod != f.To.Pod)];

        var suggested = LeastPrivilege.For(compiled, seen);

        Assert.Empty(suggested.Denied);
        var byNamespace = suggested.Policies.ToLookup(p => p.Id.Namespace);
        Snapshot after = new(compiled.Snapshot.Namespaces.Select(n => n.With(policies: byNamespace[n.Name])), []);
        var governed = seen.SelectMany(f => new[] { f.From.Pod!.Namespace, f.To.Pod!.Namespace }).ToHashSet();
        foreach (var from in pods)
            foreach (var to in pods.Where(t => t != from && (governed.Contains(from.Namespace) || governed.Contains(t.Namespace))))
                foreach (var (protocol, port) in Packets)
                {
                    var wasSeen = seen.Any(f => f.From.Pod!.Id == from.Id && f.To.Pod!.Id == to.Id && (f.Protocol, f.Port) == (protocol, port));
                    var allows = Allows(after, from, to, protocol, port);
                    Assert.True(allows || !wasSeen, $"{from} -> {to} {protocol} {port} was seen");
                    if (allows && !wasSeen)
                        Assert.True(suggested.Unused.Any(u => u.From == $"{from.Id}" && u.To == $"{to.Id}" && u.Traffic.Contains(protocol, port)) || seen.Any(f => f.From.Pod!.Id == from.Id && f.To.Pod!.Id == to.Id && f.Protocol == Protocol.Icmp), $"{from} -> {to} {protocol} {port} is allowed, and not listed");
                }
    }, iter: Effort.Times(200));

    [Fact]
    public void A_workload_is_found_by_the_label_that_says_what_it_is()
    {
        Pod[] pods = [Replica("web", "a"), Replica("web", "b"), Replica("db", "a")];
        var compiled = Compiled.Compile(new([new("shop", Labels.None, pods, [])], []));

        var suggested = LeastPrivilege.For(compiled, [Flow(compiled, pods[0], pods[2], (Protocol.Tcp, 5432))]);

        var db = suggested.Policies.Single(p => p.Id.Name == "db");
        Assert.Equal(("{app: db}", "podSelector: {app: web}"), ($"{db.Subject}", $"{Assert.Single(Assert.Single(db.Ingress!.Value).Peers)}"));
        Assert.Null(db.Egress);
        Assert.Contains("shop/default-deny", suggested.Policies.Select(p => $"{p.Id}"));

        static Pod Replica(string workload, string replica) => new(new("shop", $"{workload}-{replica}"), Labels.Of(("app", workload), ("pod-template-hash", replica), ("shop", "x"))) { Workload = new("shop", "Deployment", workload) };
    }

    private static Snapshot Cluster(int seed) => new(new RandomCluster(seed).Snapshot().Namespaces.Select(n => n.With(pods: n.Pods.Select((p, i) => p with { UsesHostNetwork = false, IsTerminating = false, Node = null, Addresses = [Address.Parse($"10.0.{n.Name[1..]}.{i + 1}")] }))), []);

    private static Flow Flow(Compiled compiled, Pod from, Pod to, (Protocol Protocol, int Port) packet) => new(compiled.At(from.Id)!, compiled.At(to.Id)!, packet.Protocol, packet.Port);

    private static bool Allows(Snapshot cluster, Pod from, Pod to, Protocol protocol, int port) =>
        BruteForce.Allows(new(cluster, from, null, from.AddressOf(IpFamily.V4)), new(cluster, to, null, to.AddressOf(IpFamily.V4)), IpFamily.V4, protocol, port);
}
