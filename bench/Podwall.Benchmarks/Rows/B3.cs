using System.Diagnostics;
using System.Globalization;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The published agent at work: its memory, and what an edit of the cluster costs it.</summary>
public static class B3
{
    private const double Rate = 100;

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Settings settings, RowReport report, ValueList<string> workloads)
    {
        var program = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(settings.Published))!, "podwall-agent", "podwall-agent");
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is not there; eng/publish makes it.");
        foreach (var name in workloads.AsEnumerable())
            await MeasureAsync(program, report, name);
    }

    private static async Task MeasureAsync(string program, RowReport report, string name)
    {
        var folder = Directory.CreateTempSubdirectory("podwall-bench");
        var socket = Path.Combine(folder.FullName, "api.sock");
        ObjectStore store = new();
        var snapshot = Workload.Of(name).Snapshot;
        var (node, pods) = (snapshot.Nodes[0].Name, snapshot.Pods.Count());
        var cluster = SimulatedCluster.Fill(store, snapshot);
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }))
        {
            var starting = Stopwatch.StartNew();
            using var agent = Process.Start(new ProcessStartInfo(program, ["run", "--node-name", node, "--pod-interface", "pod*", "--api-socket", socket]) { RedirectStandardError = true })!;
            while (await agent.StandardError.ReadLineAsync() is { } line && !line.Contains("policies are in force", StringComparison.Ordinal))
                if (agent.HasExited)
                    throw new InvalidOperationException($"The agent ended: {line}");
            starting.Stop();
            var draining = agent.StandardError.ReadToEndAsync();
            var rest = Rss(agent);
            var (edits, edit) = await SpentAsync(agent, cluster, cluster.ChurnAsync);
            var busy = Rss(agent);
            var (_, irrelevant) = await SpentAsync(agent, cluster, cluster.ReportAsync);
            report.Add($"{name}: the agent, {pods} pods", $"in force {starting.Elapsed.TotalSeconds:0.00} s after its start; {rest / 1e6:0} MB resident, {busy / 1e6:0} MB after {edits} edits", "", "base <= 60 MB and <= 1 KB a remote pod", busy <= 60e6 + 1024.0 * pods);
            report.Add($"{name}: an edit of the cluster, of whatever kind", Processor(edit), "", "", met: null);
            report.Add($"{name}: a report of a pod that changes nothing", Processor(irrelevant), "", "<= 0.2 ms", irrelevant <= 0.2);
            agent.Kill();
            await draining;
        }

        folder.Delete(recursive: true);
    }

    // Milliseconds of processor for each.
    private static async Task<(int Edits, double Each)> SpentAsync(Process agent, SimulatedCluster cluster, Func<double, CancellationToken, Task> edit)
    {
        using CancellationTokenSource limit = new(Busy);
        agent.Refresh();
        var (before, processor) = (cluster.Edits, agent.TotalProcessorTime);
        await edit(Rate, limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        agent.Refresh();
        var edits = cluster.Edits - before;
        return (edits, (agent.TotalProcessorTime - processor).TotalMilliseconds / edits);
    }

    private static string Processor(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.000} ms of processor");

    private static double Rss(Process process) => 1024.0 * long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
