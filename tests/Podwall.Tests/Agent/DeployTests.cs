using System.Diagnostics;
using Podwall.Kubernetes;

namespace Podwall.Tests.Agent;

/// <summary>What is applied to a cluster asks for no more than the agent uses.</summary>
public sealed class DeployTests
{
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
