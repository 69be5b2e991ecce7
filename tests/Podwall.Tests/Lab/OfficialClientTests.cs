using k8s;
using k8s.Models;
using Podwall.Kubernetes.Access;
using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>The official client, of which we wrote nothing, must get along with the server.</summary>
public sealed class OfficialClientTests : IAsyncLifetime
{
    private readonly string kubeconfig = Path.GetTempFileName();
    private ApiServer server = null!;
    private k8s.Kubernetes client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync();
        await server.WriteKubeconfigAsync(kubeconfig);
        client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task Creates_reads_patches_replaces_and_deletes()
    {
        var made = await client.CreateNamespacedNetworkPolicyAsync(Policy("web"), "default", cancellationToken: Stop);
        Assert.Equal(["Ingress"], made.Spec.PolicyTypes);
        Assert.Equal(1, made.Metadata.Generation);
        var labelled = await client.PatchNamespacedNetworkPolicyAsync(new V1Patch("""{"metadata":{"labels":{"a":"b"}}}""", V1Patch.PatchType.MergePatch), "web", "default", cancellationToken: Stop);
        Assert.Equal("b", labelled.Metadata.Labels["a"]);
        Assert.Equal(1, labelled.Metadata.Generation);
        var typed = await client.PatchNamespacedNetworkPolicyAsync(new V1Patch("""[{"op":"add","path":"/spec/policyTypes/-","value":"Egress"}]""", V1Patch.PatchType.JsonPatch), "web", "default", cancellationToken: Stop);
        Assert.Equal(2, typed.Metadata.Generation);
        var merged = await client.PatchNamespacedNetworkPolicyAsync(new V1Patch("""{"metadata":{"labels":{"c":"d"}}}""", V1Patch.PatchType.StrategicMergePatch), "web", "default", cancellationToken: Stop);
        Assert.Equal(3, merged.Metadata.Labels.Count);
        merged.Spec.PolicyTypes = ["Ingress"];
        var replaced = await client.ReplaceNamespacedNetworkPolicyAsync(merged, "web", "default", cancellationToken: Stop);
        Assert.Equal(3, replaced.Metadata.Generation);
        var stale = await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => client.ReplaceNamespacedNetworkPolicyAsync(merged, "web", "default", cancellationToken: Stop));
        Assert.Equal(System.Net.HttpStatusCode.Conflict, stale.Response.StatusCode);
        Assert.Equal("Success", (await client.DeleteNamespacedNetworkPolicyAsync("web", "default", cancellationToken: Stop)).Status);
        Assert.Empty((await client.ListNetworkPolicyForAllNamespacesAsync(cancellationToken: Stop)).Items);
    }

    [Fact]
    public async Task Lists_in_pages()
    {
        for (var i = 0; i < 7; i++)
            await client.CreateNamespacedNetworkPolicyAsync(Policy($"p{i}"), "default", cancellationToken: Stop);
        List<string> names = [];
        for (var next = ""; ;)
        {
            var page = await client.ListNamespacedNetworkPolicyAsync("default", limit: 3, continueParameter: next.Length == 0 ? null : next, cancellationToken: Stop);
            names.AddRange(page.Items.Select(p => p.Metadata.Name));
            if (page.Metadata.ContinueProperty is not { Length: > 0 } more)
                break;
            next = more;
        }

        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "p5", "p6"], names);
    }

    [Fact]
    public async Task Watches_with_a_selector()
    {
        await client.CreateNamespacedNetworkPolicyAsync(Policy("before"), "default", cancellationToken: Stop);
        List<(WatchEventType, string)> seen = [];
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        await foreach (var (type, policy) in client.NetworkingV1.WatchListNamespacedNetworkPolicyAsync("default", labelSelector: "watched=yes", cancellationToken: limit.Token))
        {
            seen.Add((type, policy.Metadata.Name));
            if (seen.Count == 1)
                await Patch("""{"metadata":{"labels":{"watched":"no"}}}""");
            if (seen.Count == 2)
                break;
        }

        Assert.Equal([(WatchEventType.Added, "before"), (WatchEventType.Deleted, "before")], seen);

        Task Patch(string patch) => client.PatchNamespacedNetworkPolicyAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch), "before", "default", cancellationToken: Stop);
    }

    [Fact]
    public void Our_reader_of_kubeconfigs_agrees_with_it()
    {
        var theirs = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
        var ours = Kubeconfig.Load(Surroundings.Empty, kubeconfig);
        Assert.Equal(theirs.Host.TrimEnd('/'), ours.Server.ToString().TrimEnd('/'));
        Assert.Equal(theirs.SslCaCerts.Single().Thumbprint, ours.Authority!.ReadCertificates().Single().Thumbprint);
        Assert.Equal(theirs.Namespace ?? "default", ours.Namespace);
    }

    private static V1NetworkPolicy Policy(string name) => new()
    {
        Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["watched"] = "yes" } },
        Spec = new() { PodSelector = new() },
    };
}
