using CsCheck;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Workloads;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Lab;

/// <summary>A snapshot written as objects of the API and read again is the same snapshot.</summary>
public sealed class WireObjectTests
{
    public static TheoryData<string> Small => ["W-S", "W-RH"];

    [Theory, MemberData(nameof(Small))]
    public void A_workload_comes_back_as_it_was(string name) => AssertRoundTrip(Workload.Of(name).Snapshot);

    [Fact]
    public void Every_family_of_workloads_comes_back_as_it_was()
    {
        AssertRoundTrip(SpecialClusters.OneNamespace(new Random(1), pods: 200, policies: 100));
        AssertRoundTrip(SpecialClusters.ExistsRules(new Random(1), namespaces: 3, podsEach: 40, policiesEach: 5));
        AssertRoundTrip(SpecialClusters.Mesh(pods: 200));
        AssertRoundTrip(SpecialClusters.Blocks(new Random(1), blocks: 1_000, exceptions: 100));
    }

    [Fact]
    public void Random_clusters_come_back_as_they_were() =>
        Gen.Int.Sample(seed => AssertRoundTrip(Expressible(new RandomCluster(seed).Snapshot())), iter: Effort.Times(200));

    [Fact]
    public void Edited_workloads_come_back_as_they_were()
    {
        var snapshot = Enumerable.Range(0, 60).Aggregate(Workload.Of("W-S").Snapshot, Churn.Edit);
        AssertRoundTrip(Churn.Relabel(snapshot, new Random(1)));
    }

    [Fact]
    public void A_pod_is_as_large_as_a_real_one()
    {
        var pods = WireObjects.Of(Workload.Of("W-S").Snapshot).Where(o => o.Type == ResourceType.Pods).ToList();
        Assert.Equal(1_000, pods.Count);
        Assert.All(pods, p => Assert.InRange(p.Json.Length, 2_700, 3_600));
    }

    [Fact]
    public void A_directory_of_manifests_says_what_one_list_says()
    {
        var snapshot = Workload.Of("W-RH").Snapshot;
        var directory = Directory.CreateTempSubdirectory("podwall-");
        try
        {
            ManifestFiles.WriteDirectory(snapshot, directory.FullName);
            AssertSame(snapshot, ManifestReader.Read(ManifestPaths.Expand([directory.FullName], new DiskFiles(() => Stream.Null))));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    internal static void AssertSame(Snapshot expected, Snapshot actual)
    {
        Assert.Equal(expected.Namespaces.Select(n => n.Name), actual.Namespaces.Select(n => n.Name));
        foreach (var (before, after) in expected.Namespaces.Zip(actual.Namespaces))
        {
            Assert.Equal(before.Labels, after.Labels);
            // What is generated has no unique ids.
            Assert.Equal(before.Pods, after.Pods.Select(p => p with { Uid = before.Pods.FirstOrDefault(b => b.Id == p.Id)?.Uid ?? p.Uid }));
            Assert.Equal(before.Policies, after.Policies);
        }

        Assert.Equal(expected.Nodes, actual.Nodes);
    }

    private static void AssertRoundTrip(Snapshot snapshot)
    {
        using var list = new MemoryStream();
        ManifestFiles.WriteList(snapshot, list);
        AssertSame(snapshot, ManifestReader.Read([new ManifestSource("list", () => new MemoryStream(list.ToArray()))]));
    }

    private static void AssertSame(Snapshot expected, Manifests manifests)
    {
        Assert.DoesNotContain(manifests.Diagnostics.AsEnumerable(), d => d.Severity == Severity.Error);
        AssertSame(expected, manifests.Snapshot);
    }

    // The API refuses an exception that does not lie inside its block.
    private static Snapshot Expressible(Snapshot snapshot) => new(
        snapshot.Namespaces.Select(n => n.With(policies: n.Policies.Select(p => p with { Ingress = Expressible(p.Ingress), Egress = Expressible(p.Egress) }))),
        snapshot.Nodes);

    private static ValueList<Rule>? Expressible(ValueList<Rule>? rules) =>
        rules?.Select(r => r with { Peers = r.Peers.Select(Expressible).ToValueList() }).ToValueList();

    private static Peer Expressible(Peer peer) => peer is Peer.Network block
        ? block with { Except = block.Except.Where(e => e.PrefixLength > block.Block.PrefixLength && block.Block.Contains(e.Network)).ToValueList() }
        : peer;
}
