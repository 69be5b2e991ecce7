using Podwall.Kubernetes;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.SystemTests.Agent;
using Podwall.SystemTests.Packets;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>The lab as <c>podwall lab run</c> makes it: namespaces, agents and packets.</summary>
[Collection(KernelCollection.Name)]
public sealed class PacketLabTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    public void Dispose() => limit.Dispose();

    [Theory]
    [InlineData(1, IpFamilies.V4)]
    [InlineData(3, IpFamilies.V6)]
    [InlineData(2, IpFamilies.Both)]
    public async Task Packets_show_what_is_expected_and_what_the_engine_says(int nodes, IpFamilies families)
    {
        Sandbox.Require();
        var scenarios = new ScenarioReader(new DiskFiles(() => Stream.Null), []).Read([Checkout.At("k8s", "labs", "security"), Checkout.At("k8s", "or-and", "one-peer"), Checkout.At("k8s", "or-and", "two-peers")]);
        Assert.Empty(scenarios.Diagnostics);
        ScenarioRun run = new(async (size, stop) => await PacketLab.StartAsync(size, AgentProcess.Command(), stop), new(nodes, families), new Progress<string>());
        foreach (var scenario in scenarios.Scenarios.AsEnumerable())
        {
            var report = await run.RunAsync(scenario, limit.Token);
            Assert.False(report.Lab.IsSimulated);
            Assert.True(report.IsAsExpected, scenario.Title);
        }
    }

    [Fact]
    public async Task A_pod_sees_programs_and_nothing_else_of_the_host()
    {
        Sandbox.Require();
        var folder = Directory.CreateTempSubdirectory("podwall-pod").FullName;
        Sandbox.Command("mount", ["-t", "tmpfs", "none", folder]);
        var secret = Path.Combine(folder, "secret");
        await File.WriteAllTextAsync(secret, "secret", limit.Token);
        AddressPlan plan = new(IpFamilies.V4);
        using var network = await LabNetwork.CreateAsync(plan, 1, limit.Token);
        var root = await PodRoot.CreateAsync(Path.Combine(folder, "pods"), limit.Token);
        using (var pod = await PodSandbox.StartAsync(new(new("apps", "web"), 1, "pod1-2", [Address.Parse("10.244.1.2")]), root, network, plan.Resolver("apps"), limit.Token))
        {
            Assert.Equal("web\n", In(pod, "hostname"));
            Assert.Equal("", In(pod, $"cat {secret} {folder}/* /proc/1/root{secret} 2>/dev/null; ls -A /home /root /tmp /run | grep -v ':$' | grep ."));
            Assert.Equal("", In(pod, "touch /usr/bin/mine 2>/dev/null && echo written; mount -t tmpfs none /mnt 2>/dev/null && echo mounted; umount /usr 2>/dev/null && echo open"));
            Assert.DoesNotContain($"{Environment.ProcessId}", In(pod, "ls -d /proc/[0-9]*").Split('/', '\n'));
            Assert.Contains("10.244.1.2", In(pod, "cat /etc/hosts"), StringComparison.Ordinal);
        }

        Sandbox.Command("umount", ["-l", folder]);
        Directory.Delete(folder);

        static string In(PodSandbox pod, string script)
        {
            var words = pod.Inside(["sh", "-c", $"{script}; true"]).ToArray();
            return Sandbox.Command(words[0], words[1..]);
        }
    }
}
