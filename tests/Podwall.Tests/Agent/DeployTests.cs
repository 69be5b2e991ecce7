using System.Diagnostics;
using Podwall.Kubernetes;
using Podwall.Lab.Api;
using Podwall.Tests.Lab.Kubectl;
using Podwall.Tests.Lab.Patching;

namespace Podwall.Tests.Agent;

/// <summary>What is applied to a cluster asks for no more than the agent uses.</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task It_is_applied_and_deleted_and_nothing_is_left()
    {
        await using var server = await ApiServer.StartAsync(new() { Store = new() }, TestContext.Current.CancellationToken);
        await using var session = await KubectlSession.AtAsync(server);
        const string Kinds = "serviceaccounts,daemonsets,leases,roles,rolebindings,clusterroles,clusterrolebindings -A -l '!kubernetes.io/bootstrapping' -o name | grep podwall";
        await session.RunAsync("kubectl create namespace kube-system");
        var applied = await session.RunAsync($"kubectl apply -k {Checkout.At("deploy")}");
        Assert.Equal(7, applied.Split(" created").Length - 1);
        Assert.DoesNotContain("exit", applied, StringComparison.Ordinal);
        Assert.Equal(7, (await session.RunAsync($"kubectl apply -k {Checkout.At("deploy")}")).Split(" unchanged").Length - 1);
        Assert.Equal(7, (await session.RunAsync($"kubectl get {Kinds}")).TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("exit", await session.RunAsync($"kubectl delete -k {Checkout.At("deploy")}"), StringComparison.Ordinal);
        Assert.Equal("[exit 1]\n", await session.RunAsync($"kubectl get {Kinds}"));
    }

    [Fact]
    public void What_removes_the_tables_from_every_node_asks_for_one_capability()
    {
        LocalKubectl.Require();
        var (succeeded, yaml) = LocalKubectl.Run("kustomize", Checkout.At("deploy", "cleanup"));
        Assert.True(succeeded, yaml);
        Assert.DoesNotContain(ManifestReader.Read(("cleanup", yaml)).Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal(2, yaml.Split("- NET_ADMIN").Length - 1);
        Assert.DoesNotContain("hostPath", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kustomize_builds_it_with_one_capability_and_the_right_to_write_events_alone()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "there is no kubectl here");
        using var process = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Checkout.At("deploy")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var yaml = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(ManifestReader.Read(("deploy", yaml)).Diagnostics, d => d.Severity == Severity.Error);
        foreach (var broad in new[] { "privileged", "hostPID", "hostPath", "SYS_ADMIN", "'*'", "- update", "- delete", "- secrets" })
            Assert.DoesNotContain(broad, yaml, StringComparison.Ordinal);
        foreach (var (verb, times) in ((string, int)[])[("- create", 1), ("- patch", 2), ("- get", 1)])
            Assert.Equal(times, yaml.Split(verb).Length - 1);
        Assert.Contains("  - events\n  verbs:\n  - create\n  - patch\n", yaml, StringComparison.Ordinal);
        Assert.Contains("  resourceNames:\n  - podwall-agent\n  resources:\n  - leases\n  verbs:\n  - get\n  - patch\n", yaml, StringComparison.Ordinal);
        Assert.Contains("NET_ADMIN", yaml, StringComparison.Ordinal);
        Assert.Contains("localhost/podwall-agent:", yaml, StringComparison.Ordinal);
    }
}
