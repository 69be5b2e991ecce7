using System.Globalization;
using Podwall.SystemTests.Packets;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>Labs and pods that come and go, again and again, and parts that are killed: nothing of them stays.</summary>
[Collection(KernelCollection.Name)]
public sealed class SoakTests : IDisposable
{
    private const string Workload = """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "nginx"}]}}}},
          {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shell", "labels": {"app": "shell"}}, "spec": {"terminationGracePeriodSeconds": 0,
            "containers": [{"name": "main", "image": "busybox", "command": ["sleep", "infinity"]}]}},
          {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}, "spec": {"podSelector": {"matchLabels": {"app": "web"}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "shell"}}}]}]}}
        ]}
        """;

    // What is a process of its own, and whether the lab ends with it.
    private static readonly (string Name, bool IsWhole, Func<UserLab, int> Number)[] Parts =
    [
        ("what the lab ends with", true, lab => lab.Numbers.Process),
        ("its first process", true, lab => lab.Numbers.First),
        ("an agent", false, _ => Footprint.Processes("\0lab-agent\0run\0")[0]),
        ("what keeps the namespaces of a pod", false, _ => Footprint.Programs("unshare\0--net\0--mount\0")[0]),
        ("the first process of a pod", false, _ => Footprint.Programs("sh\0-c\0echo ready;")[0]),
        ("a command in a pod", false, _ => Footprint.Processes("sleep\0infinity\0")[^1]),
    ];

    // Bytes of objects that each process of a lab may hold.
    private const long Heap = 80 << 20;

    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3 * Effort.Times(1)));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task Labs_come_and_go()
    {
        await using var lab = UserLab.None(limit.Token);
        var before = Footprint.Of();
        var cycles = Math.Max(2, Effort.Times(1) / 2);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            await lab.UpAsync("--nodes", "2");
            if (cycle == 0)
                Assert.Equal(2, (await lab.PodwallAsync("lab", "up")).Code);
            await BeginAsync(lab);
            await LeavesNothingAsync(lab, before, $"cycle {cycle}");
        }
    }

    [Fact]
    public async Task Whatever_is_killed_the_lab_is_taken_down()
    {
        await using var lab = UserLab.None(limit.Token);
        var before = Footprint.Of();
        foreach (var (name, isWhole, number) in Parts.Take(Effort.Times(1)))
        {
            await lab.UpAsync();
            await BeginAsync(lab);
            var (victim, first) = (number(lab), lab.Numbers.First);
            Kill(victim);
            while (Footprint.Lives(victim) || (isWhole && Footprint.Lives(first)))
                await Task.Yield();
            var status = await lab.PodwallAsync("lab", "status");
            Assert.Equal((isWhole, isWhole ? 3 : 0), (status.Output.Contains("has ended by itself", StringComparison.Ordinal), status.Code));
            await LeavesNothingAsync(lab, before, name);
        }
    }

    [Fact]
    public async Task A_lab_whose_maker_is_killed_on_the_way_is_taken_down()
    {
        await using var lab = UserLab.None(limit.Token);
        var before = Footprint.Of();
        Func<bool>[] moments = [() => lab.Files.Any(), () => Footprint.Processes("lab-host").Length > 0, () => Footprint.Processes("\0lab-agent\0run\0").Length > 0];
        foreach (var moment in moments.Take(Effort.Times(1)))
        {
            // Any program of .NET that is killed leaves its debugger's pipes.
            using var maker = lab.Start(["env", "DOTNET_EnableDiagnostics=0", .. Programs.Podwall, "lab", "up"]);
            while (!moment())
                await Task.Yield();
            maker.Kill();
            await maker.WaitForExitAsync(limit.Token);
            await LeavesNothingAsync(lab, before, "on the way");
        }
    }

    [Fact]
    public async Task Pods_come_and_go_in_one_lab()
    {
        await using var lab = UserLab.None(limit.Token);
        // What lives on must fit in here, however long it goes on: a part that outgrows it ends.
        lab.Variables["DOTNET_GCHeapHardLimit"] = $"0x{Heap:x}";
        await lab.UpAsync("--nodes", "2");
        await RoundAsync(lab);
        var before = await AtRestAsync(lab);
        List<long> kilobytes = [];
        for (var round = 0; round < Effort.Times(1); round++)
        {
            await RoundAsync(lab);
            kilobytes.Add(Footprint.Processes($"{Programs.Podwall[^1]}\0").Sum(Resident));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"MB resident after each round: {string.Join(' ', kilobytes.Select(k => k / 1024))}");
        var after = await AtRestAsync(lab);
        Assert.Equal(before.Held, after.Held);
        // Clients keep a few connections for the next question.
        Assert.InRange(after.Sockets, 0, before.Sockets + 8);
        Assert.DoesNotContain("ended with code", lab.Log, StringComparison.Ordinal);
    }

    private static async Task BeginAsync(UserLab lab)
    {
        await lab.ApplyAsync(Workload);
        await lab.KubectlOkAsync("wait", "--for=condition=ready", "pod", "--all", "--timeout=120s");
        await lab.PodwallAsync("lab", "from", "10.1.2.3", "--", "true");
    }

    private static async Task RoundAsync(UserLab lab)
    {
        await lab.ApplyAsync(Workload);
        await lab.UntilAsync(e => e.Code == 0, "exec", "shell", "--", "wget", "-qO-", "-T", "2", "http://web");
        UserLab.Ok(await lab.RunAsync(["kubectl", "delete", "--cascade=foreground", "--timeout=120s", "-f", "-"], Workload));
    }

    private static async Task LeavesNothingAsync(UserLab lab, string[] before, string when)
    {
        UserLab.Ok(await lab.PodwallAsync("lab", "down"));
        Assert.True(!lab.Files.Any(), $"{when}: {string.Join(", ", lab.Files)}");
        var after = Footprint.Of();
        Assert.True(before.SequenceEqual(after), $"{when}: more {string.Join('\n', after.Except(before))}, less {string.Join('\n', before.Except(after))}");
    }

    // Once nothing changes any more.
    private async Task<(string Held, int Sockets)> AtRestAsync(UserLab lab)
    {
        const int Looks = 10;
        var (last, equal) = (("", 0), 0);
        while (equal < Looks)
        {
            await Task.Delay(50, limit.Token);
            var now = Inside(lab);
            (last, equal) = (now, now == last ? equal + 1 : 0);
        }

        return last;
    }

    // What a lab holds beside its memory and its program's own files.
    private static (string Held, int Sockets) Inside(UserLab lab)
    {
        var first = lab.Numbers.First;
        var open = Directory.EnumerateFiles($"/proc/{first}/fd").Select(f => (new FileInfo(f).LinkTarget ?? "").Split(':')[0]).CountBy(k => k).ToDictionary();
        var pods = Directory.EnumerateDirectories($"/proc/{first}/root{Path.GetDirectoryName(lab.Kubeconfig)}/inside/pods").Count();
        return ($"{open.GetValueOrDefault("pipe")} pipes, {open.GetValueOrDefault("net")} networks, {Footprint.Processes("").Length} processes, {Footprint.Namespaces.Count()} namespaces, {Footprint.Said(first, "mountinfo").Count(c => c == '\n')} mounts, {pods} folders of pods", open.GetValueOrDefault("socket"));
    }

    private static long Resident(int process) => long.Parse(Footprint.Said(process, "status").Split("VmRSS:")[1].Split("kB")[0], CultureInfo.InvariantCulture);

    private static void Kill(int process) => Sandbox.Command("kill", ["-9", $"{process}"]);
}
