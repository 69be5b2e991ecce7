using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>What becomes of manifests that a lab is brought up with.</summary>
public sealed class ManifestLoadTests
{
    [Fact]
    public async Task Our_own_files_are_passed_over_and_what_a_lab_does_not_have_is_named()
    {
        await using var server = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        const string Text = """
            apiVersion: podwall.dev/v1
            kind: LintConfiguration
            ---
            apiVersion: podwall.dev/v1
            kind: Expectations
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec: {containers: [{name: main, image: nginx}]}
            ---
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: odd}
            """;
        var problems = ManifestLoad.Load(server.Writes, [ManifestSource.OfText("shop.yaml", Text)], (_, _, _) => { });
        Assert.Equal(["shop.yaml: a lab has no kind Widget of example.com/v1"], problems);
        Assert.True(server.Writes.Has(ResourceType.Pods, new("shop", "web")));
    }
}
