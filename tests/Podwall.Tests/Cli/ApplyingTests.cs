using System.Text.Json;
using Podwall.Cli.Ui;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Tests.Cli;

/// <summary>What the page of <c>podwall ui</c> applies reaches the API server as it was written.</summary>
public sealed class ApplyingTests
{
    private const string List = """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: networking.k8s.io/v1
          kind: NetworkPolicy
          metadata: {name: one, namespace: default, uid: 5f1c, resourceVersion: "7", labels: {written: by-hand}}
          spec: {podSelector: {matchLabels: {app: one}}, ingress: [{ports: [{port: 80, endPort: 90}]}]}
        - apiVersion: networking.k8s.io/v1
          kind: NetworkPolicy
          metadata: {name: two, namespace: default}
          spec: {podSelector: {}, policyTypes: [Egress]}

        """;

    [Fact]
    public async Task Each_policy_of_a_list_is_applied_alone_and_what_a_cluster_wrote_into_it_is_left_out()
    {
        await using var server = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var kubeconfig = Path.Combine(Directory.CreateTempSubdirectory("podwall-").FullName, "kubeconfig");
        await server.WriteKubeconfigAsync(kubeconfig, TestContext.Current.CancellationToken);
        using ApiClient client = new(Kubeconfig.Load(Surroundings.Empty, kubeconfig));
        var reply = await Applying.ApplyAsync(new([new("proposal.yaml", List)]), client, TestContext.Current.CancellationToken);
        Assert.Equal(["default/one is in force", "default/two is in force"], reply.Lines);
        var one = await GetAsync(client, "one");
        Assert.Equal("by-hand", one.GetProperty("metadata").GetProperty("labels").GetProperty("written").GetString());
        Assert.Equal(90, one.GetProperty("spec").GetProperty("ingress")[0].GetProperty("ports")[0].GetProperty("endPort").GetInt32());
        Assert.Equal("Egress", (await GetAsync(client, "two")).GetProperty("spec").GetProperty("policyTypes")[0].GetString());
    }

    private static Task<JsonElement> GetAsync(ApiClient client, string name) =>
        client.GetAsync($"/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/{name}", UiJson.Default.JsonElement, TestContext.Current.CancellationToken);
}
