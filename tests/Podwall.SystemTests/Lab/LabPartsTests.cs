using System.Diagnostics;
using Podwall.Policy;
using Podwall.SystemTests.Packets;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>Parts of a lab that end, and what a lab does in place of what it does not have.</summary>
[Collection(KernelCollection.Name)]
public sealed class LabPartsTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    public void Dispose() => limit.Dispose();

    private static int[] Agents => Footprint.Processes("\0lab-agent\0run\0");

    [Fact]
    public async Task An_agent_that_dies_is_named_and_started_again_and_nothing_opens()
    {
        await using var lab = await TestLabs.StartAsync(1, IpFamilies.V4, limit.Token);
        lab.Kubectl("apply", "-f", Checkout.At("k8s/labs/security/scenario/cluster.yaml"), "-f", Checkout.At("k8s/labs/security/deny-from-other-namespaces.yaml"));
        await lab.SettleAsync(limit.Token);
        var agent = Agents.Single();
        Sandbox.Command("kill", ["-9", $"{agent}"]);
        string[] fetch = ["exec", "-n", "dev", "shell", "--", "wget", "-qO-", "-T", "1", "-t", "1", "http://web.prod"];
        Assert.False(lab.TryKubectl(out _, fetch));
        while (!lab.Log.Contains("node-1: the agent ended with code 137", StringComparison.Ordinal) || Agents.All(a => a == agent))
            await Task.Delay(10, limit.Token);
        await lab.SettleAsync(limit.Token);
        Assert.False(lab.TryKubectl(out _, fetch));
        lab.Kubectl("delete", "networkpolicy", "-n", "prod", "--all");
        await lab.SettleAsync(limit.Token);
        Assert.Contains("prod/web", lab.Kubectl(fetch), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unshare\0--net\0--mount\0")]
    [InlineData("sh\0-c\0echo ready;")]
    public async Task A_pod_whose_processes_are_killed_is_named_and_made_anew(string victim)
    {
        await using var lab = await TestLabs.StartAsync(1, IpFamilies.V4, limit.Token);
        lab.Kubectl("run", "shell", "--image=busybox", "--", "sleep", "infinity");
        lab.Kubectl("run", "web", "--image=nginx");
        await lab.SettleAsync(limit.Token);
        foreach (var process in Footprint.Programs(victim))
            Sandbox.Command("kill", ["-9", $"{process}"]);
        foreach (var pod in new[] { "shell", "web" })
        {
            lab.Kubectl("wait", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", $"pod/{pod}", "--timeout=60s");
            Assert.Contains("SandboxChanged", lab.Kubectl("get", "events", "--field-selector", $"involvedObject.name={pod}"), StringComparison.Ordinal);
        }

        await lab.SettleAsync(limit.Token);
        var address = lab.Kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}");
        Assert.Contains("default/web", lab.Kubectl("exec", "shell", "--", "wget", "-qO-", "-T", "2", $"http://{address}"), StringComparison.Ordinal);
        lab.Kubectl("exec", "shell", "--", "nslookup", "kubernetes.default.svc.cluster.local");
    }

    [Fact]
    public async Task What_a_lab_does_not_have_is_said_and_the_status_tells_the_truth()
    {
        await using var lab = await TestLabs.StartAsync(1, IpFamilies.V4, limit.Token);
        Assert.True(lab.TryKubectl(out var said, "create", "service", "loadbalancer", "front", "--tcp=80"));
        Assert.Contains("Warning: a lab has no load balancer", said, StringComparison.Ordinal);
        Assert.Contains("<pending>", lab.Kubectl("get", "service", "front"), StringComparison.Ordinal);
        Assert.True(lab.TryKubectl(out said, "run", "odd", "--image=example.com/odd:1", "--port=8080", "--", "serve"));
        Assert.Contains("a responder serves the ports of container odd; to run its command", said, StringComparison.Ordinal);
        await lab.SettleAsync(limit.Token);
        Assert.Contains("example.com/odd:1 is no image that a lab can run", lab.Kubectl("logs", "odd"), StringComparison.Ordinal);
        Assert.Contains("default/odd port 8080/TCP", lab.Kubectl("exec", "odd", "--", "wget", "-qO-", "http://127.0.0.1:8080"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_parts_say_is_followed_until_the_lab_ends()
    {
        await using var lab = await UserLab.UpAsync(limit.Token);
        using var logs = lab.Start([.. Programs.Podwall, "lab", "logs", "--follow"]);
        Sandbox.Command("kill", ["-9", $"{Agents.Single()}"]);
        while (await logs.StandardOutput.ReadLineAsync(limit.Token) is { } line && !line.Contains("node-1: the agent ended with code 137", StringComparison.Ordinal))
            Assert.False(logs.HasExited, line);
        UserLab.Ok(await lab.PodwallAsync("lab", "down"));
        await logs.WaitForExitAsync(limit.Token);
        Assert.Equal(0, logs.ExitCode);
    }

    [Fact]
    public async Task A_lab_of_a_run_goes_with_the_process_that_made_it()
    {
        Sandbox.Require();
        Sandbox.Command("ip", ["link", "set", "lo", "up"]);
        ProcessStartInfo start = new(Programs.Podwall[0], [.. Programs.Podwall[1..], "lab", "run", Checkout.At("k8s/labs/security"), "--watch"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var home = Directory.CreateTempSubdirectory("podwall-killed").FullName;
        start.Environment["XDG_RUNTIME_DIR"] = home;
        using var run = Process.Start(start)!;
        while (!Directory.EnumerateFiles(home, "kubeconfig", SearchOption.AllDirectories).Any())
            await Task.Delay(10, limit.Token);
        run.Kill();
        while (Agents.Length > 0 || Directory.EnumerateDirectories(Path.Combine(home, "podwall")).Any())
            await Task.Delay(10, limit.Token);
        Directory.Delete(home, recursive: true);
    }
}
