using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Pods;
using Podwall.Lab.Probing;
using Podwall.Lab.Services;
using Podwall.Lab.Store;

namespace Podwall.Lab.Hosting;

/// <summary>
/// A cluster that goes on until it is taken down: API server, controllers, kubelets, an agent on each node. To be made inside
/// user, network, mount and process namespaces of its own (<see cref="LabNamespaces"/>).
/// </summary>
public sealed class LabHost : IAsyncDisposable
{
    private const int ApiPort = 6443;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Interval = TimeSpan.FromMinutes(5);

    private readonly LabRecord record;
    private readonly AddressPlan plan;
    private readonly Action<string> log;
    private readonly CancellationTokenSource stop = new();
    private readonly ObjectStore store = ObjectStore.After(TimeProvider.System);
    private readonly PodRuntime runtime = new();
    private readonly List<Task> parts = [];
    private LabNetwork network = null!;
    private ApiServer api = null!;
    private OutsideClients? clients;
    private Kubelet? kubelet;
    private ApiClient? inside;
    private Convergence? convergence;

    private LabHost(LabRecord record, Action<string> log) => (this.record, plan, this.log) = (record, new(record.Families), log);

    /// <summary>Brings a lab up; it is whole when this returns, except for pods that did not become ready.</summary>
    /// <param name="record">What lab it shall be.</param>
    /// <param name="agent">The command line of <c>podwall-agent</c>.</param>
    /// <param name="manifests">What it holds from the beginning.</param>
    /// <param name="log">Told what happens, from any thread.</param>
    /// <param name="warn">Told what of the manifests is not as it should be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LabException">The machine does not let it be made.</exception>
    public static async Task<LabHost> StartAsync(LabRecord record, IReadOnlyList<string> agent, IReadOnlyList<ManifestSource> manifests, Action<string> log, Action<string> warn, CancellationToken cancellation)
    {
        LabHost host = new(record, log);
        try
        {
            await host.StartAsync(agent, cancellation);
            foreach (var problem in ManifestLoad.Load(host.api.Writes, manifests, (_, _, _) => { }))
                warn(problem);
            foreach (var missing in await host.convergence!.SettleAsync(cancellation))
                warn($"not yet so: {missing}");
            await host.api.WriteKubeconfigAsync(record.Kubeconfig, cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until it is cancelled, or a part of it fails.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var end = Task.Delay(Timeout.Infinite, cancellation);
        var first = await Task.WhenAny(parts.Append(end));
        if (first != end)
            await first;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        kubelet?.Dispose();
        clients?.Dispose();
        convergence?.Dispose();
        inside?.Dispose();
        if (api is not null)
            await api.DisposeAsync();
        network?.Dispose();
        stop.Dispose();
    }

    /// <summary>Takes away what is written down of a lab that nobody is left to take down; to be called inside it, when it has ended.</summary>
    public static async Task ForgetAsync(LabRecord record)
    {
        await Tool.RunAsync(["umount", "-l", record.Inside], "", CancellationToken.None);
        Directory.Delete(record.Folder, recursive: true);
    }

    private async Task StartAsync(IReadOnlyList<string> agent, CancellationToken cancellation)
    {
        SystemCalls.KeepFromPrograms(record.Listening);
        Directory.CreateDirectory(record.Inside);
        await Tool.RunAsync(["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", record.Inside], "", cancellation);
        network = await LabNetwork.CreateAsync(plan, record.Nodes, cancellation);
        var root = PodRoot.CreateAsync(Path.Combine(record.Inside, "pods"), cancellation);
        api = await ApiServer.StartAsync(new() { Store = store, Runtime = runtime, Families = record.Families, Beside = Beside(), Remarks = LabRemarks.On, LintsPolicies = true, UnixSocket = record.Socket, Port = record.Port, Listening = (ulong)record.Listening, Elsewhere = [network.Nodes[0].Run(ListenInside)] }, cancellation);
        LabNode[] nodes = [.. network.Nodes.Select((space, i) => new LabNode(i + 1, space, plan, agent, record.Socket, log))];
        foreach (var node in nodes)
            node.Register(store, TimeProvider.System);
        parts.AddRange(nodes.Select(n => n.RunAsync(stop.Token)));
        EventLog events = new(api.Writes, TimeProvider.System);
        ControlLoop controllers = new(store, api.Writes, events, TimeProvider.System, log);
        parts.Add(controllers.RunAsync(stop.Token));
        clients = new(network, await root, plan);
        PodCell cell = new(plan, network, await root, api.Writes, events, TimeProvider.System, log)
        {
            Servers = new Dictionary<string, Func<NetworkSpace, IDisposable>>(StringComparer.Ordinal) { [DnsServer.Image] = space => new DnsServer(space, store, plan) },
        };
        kubelet = new(store, runtime, cell);
        parts.Add(kubelet.RunAsync(stop.Token));
        ServiceProxy services = new(store, network, plan, log);
        parts.Add(services.RunAsync(stop.Token));
        parts.Add(GiveBackAsync(stop.Token));
        ClusterServices.Found(api.Writes, plan, record.Nodes, ApiPort);
        inside = new(new(new("http://localhost/")) { Origin = $"the lab's own {record.Socket}", UnixSocket = record.Socket });
        convergence = new(store, api.Writes, network, plan, controllers, services, ReadAsync);
        convergence.Found();
        try
        {
            await Task.WhenAll(nodes.Select(n => n.InForce)).WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new LabException("the agents do not bring policies into force");
        }
    }

    // A lab waits most of its time, on a machine that has other things to do: what it needs no more, it gives back.
    private static async Task GiveBackAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(Interval);
        while (await timer.WaitForNextTickAsync(cancellation))
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private Dictionary<string, RequestDelegate> Beside() => new(StringComparer.Ordinal)
    {
        [LabControl.OutsidePath] = LabControl.Answering(EnterOutsideAsync),
        [LabControl.ProbesPath] = LabControl.Answering(ProbeAsync),
        [LabControl.StatePath] = LabControl.Answering(BecomeAsync),
    };

    private async IAsyncEnumerable<JsonObject> EnterOutsideAsync(JsonObject question, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return await clients!.EnterAsync(Cells.Text(question, "address"), cancellation);
    }

    private async IAsyncEnumerable<JsonObject> ProbeAsync(JsonObject question, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ProbeFlow[] flows = [.. Cells.Items(question["flows"]).Select(LabControl.Flow)];
        await foreach (var (number, outcome) in new LabProbes(network, runtime).TryAsync(await ReadAsync(cancellation), flows, TimeSpan.FromMilliseconds(Cells.Int(question, "milliseconds")), cancellation))
            yield return new() { ["number"] = number, ["result"] = $"{outcome.Result}", ["reason"] = outcome.Reason };
    }

    private async IAsyncEnumerable<JsonObject> BecomeAsync(JsonObject question, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var problems = question["sources"] is { } sources
            ? await convergence!.BecomeAsync([.. Cells.Items(sources).Select(s => ManifestSource.OfText(Cells.Text(s, "name"), Cells.Text(s, "text")))], [.. Cells.Items(question["labels"])], cancellation)
            : await convergence!.SettleAsync(cancellation);
        foreach (var problem in problems)
            yield return LabControl.Problem(problem);
    }

    private async Task<LabCluster> ReadAsync(CancellationToken cancellation)
    {
        var read = await ClusterReader.ReadAsync(inside!, cancellation);
        return new(read.Snapshot, read.Services);
    }

    private static ulong ListenInside()
    {
        var socket = EndPoints.Bound(SocketType.Stream, ApiPort);
        // From now on the server's to close.
        var handle = (ulong)socket.Handle;
        socket.SafeHandle.SetHandleAsInvalid();
        return handle;
    }
}
