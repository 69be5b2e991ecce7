using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The published agent at work: its start, its memory, and what an edit of the cluster costs it.</summary>
public static class B3
{
    private const double Rate = 100;

    private const int Turns = 5;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(6);

    private static readonly string[] Lists = ["api/v1/namespaces", "api/v1/nodes", "api/v1/pods", "apis/networking.k8s.io/v1/networkpolicies"];

    public static async Task RunAsync(Settings settings, RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads.AsEnumerable())
            await MeasureAsync(settings.Published, report, name);
        report.Note($"Churn is {Rate:0} edits a second: of 115, 100 are pods that come or go, 10 labels and 5 policies. The agent collects its garbage on one thread (workstation, not concurrent, 2 MB before a collection, memory given back).");
        report.Note("Beside the start: the same lists read from the same server, each parsed as JSON, without anything made of it.");
    }

    private static async Task MeasureAsync(string published, RowReport report, string name)
    {
        var folder = Directory.CreateTempSubdirectory("podwall-bench");
        var socket = Path.Combine(folder.FullName, "api.sock");
        ObjectStore store = new();
        var snapshot = Workload.Of(name).Snapshot;
        var pods = snapshot.Pods.Count();
        var cluster = SimulatedCluster.Fill(store, snapshot);
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }))
        {
            var parsing = await Timing.OfAsync(() => ParseAsync(socket));
            using var agent = await PublishedAgent.StartAsync(published, snapshot.Nodes[0].Name, socket);
            report.Add($"{name}: the agent's start, {pods} pods, {snapshot.Policies.Count()} policies", $"in force after {RowReport.Milliseconds(agent.InForce)} = {RowReport.Ratio(agent.InForce / parsing)}; {agent.Resident / 1e6:0} MB resident", RowReport.Milliseconds(parsing), "<= 1.5x", agent.InForce <= 1.5 * parsing);
            var (edits, edit) = await SpentAsync(agent, cluster, cluster.ChurnAsync);
            var first = agent.Resident;
            bool? isSmall = name == "W-MESH" ? null : first <= 60e6 + 1024.0 * pods;
            report.Add($"{name}: resident after {edits} edits", $"{first / 1e6:0} MB", "", isSmall is null ? "" : "base <= 60 MB and <= 1 KB a remote pod", isSmall);
            report.Add($"{name}: an edit of the cluster, of whatever kind", Said(edit), "", "", met: null);
            var (_, irrelevant) = await SpentAsync(agent, cluster, cluster.ReportAsync);
            report.Add($"{name}: a report of a pod that changes nothing", Said(irrelevant), "", "<= 0.2 ms", irrelevant <= 0.2);
        }

        folder.Delete(recursive: true);
    }

    private static async Task ParseAsync(string path)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        foreach (var list in Lists)
        {
            await using var body = await client.GetStreamAsync($"http://localhost/{list}");
            using var parsed = await JsonDocument.ParseAsync(body);
        }
    }

    // Milliseconds of processor for each, in the median of the turns: what else the machine does comes and goes.
    private static async Task<(int Edits, double Each)> SpentAsync(PublishedAgent agent, SimulatedCluster cluster, Func<double, CancellationToken, Task> edit)
    {
        var first = cluster.Edits;
        List<double> each = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            using CancellationTokenSource limit = new(Turn);
            var (before, processor) = (cluster.Edits, agent.Processor);
            await edit(Rate, limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            each.Add((agent.Processor - processor).TotalMilliseconds / (cluster.Edits - before));
        }

        return (cluster.Edits - first, each.Order().ElementAt(Turns / 2));
    }

    private static string Said(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.000} ms of processor");
}
