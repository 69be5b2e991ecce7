using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), PodPatience = TimeSpan.FromMinutes(2);

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
            foreach (var problem in ManifestLoad.Load(host.api.Writes, manifests))
                warn(problem);
            if (await host.UnreadyAsync(cancellation) is { Count: > 0 } unready)
                warn($"not ready yet: {string.Join(", ", unready)}");
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
        if (api is not null)
            await api.DisposeAsync();
        network?.Dispose();
        stop.Dispose();
    }

    private async Task StartAsync(IReadOnlyList<string> agent, CancellationToken cancellation)
    {
        SystemCalls.KeepFromPrograms(record.Listening);
        var folder = Path.Combine(record.Folder, "inside");
        Directory.CreateDirectory(folder);
        await Tool.RunAsync(["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", folder], "", cancellation);
        network = await LabNetwork.CreateAsync(plan, record.Nodes, cancellation);
        var root = PodRoot.CreateAsync(Path.Combine(folder, "pods"), cancellation);
        var socket = Path.Combine(folder, "api.sock");
        api = await ApiServer.StartAsync(new() { Store = store, Runtime = runtime, Families = record.Families, Beside = Beside(), UnixSocket = socket, Port = record.Port, Listening = (ulong)record.Listening, Elsewhere = [network.Nodes[0].Run(ListenInside)] }, cancellation);
        LabNode[] nodes = [.. network.Nodes.Select((space, i) => new LabNode(i + 1, space, plan, agent, socket, log))];
        foreach (var node in nodes)
            node.Register(store, TimeProvider.System);
        parts.AddRange(nodes.Select(n => n.RunAsync(stop.Token)));
        EventLog events = new(api.Writes, TimeProvider.System);
        parts.Add(new ControlLoop(store, api.Writes, events, TimeProvider.System, log).RunAsync(stop.Token));
        clients = new(network, await root, plan);
        PodCell cell = new(plan, network, await root, api.Writes, events, TimeProvider.System, log)
        {
            Servers = new Dictionary<string, Func<NetworkSpace, IDisposable>>(StringComparer.Ordinal) { [DnsServer.Image] = space => new DnsServer(space, store, plan) },
        };
        kubelet = new(store, runtime, cell);
        parts.Add(kubelet.RunAsync(stop.Token));
        parts.Add(new ServiceProxy(store, network, plan, log).RunAsync(stop.Token));
        ClusterServices.Found(api.Writes, plan, record.Nodes, ApiPort);
        try
        {
            await Task.WhenAll(nodes.Select(n => n.InForce)).WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new LabException("the agents do not bring policies into force");
        }
    }

    private Dictionary<string, RequestDelegate> Beside() => new(StringComparer.Ordinal)
    {
        [LabControl.OutsidePath] = http => LabControl.AnswerAsync(http, async () => (JsonNode)new JsonArray([.. (await clients!.EnterAsync(LabControl.Address(http), stop.Token)).Select(w => (JsonNode)w)])),
    };

    // Pods that are wanted and do not become ready in time.
    private async Task<IReadOnlyList<string>> UnreadyAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(PodPatience);
        while (true)
        {
            ClusterView view = new(store);
            var unready = view[ResourceType.Pods].Where(p => !p.IsFinished && !p.IsReady).Select(p => $"pod {p.Name.Namespace}/{p.Name.Name}")
                .Concat(new[] { ResourceType.Deployments, ResourceType.StatefulSets }.SelectMany(t => view[t]).Where(w => w.Int("status", "readyReplicas") < (w.IntOrNone("spec", "replicas") ?? 1)).Select(w => $"{w.Type.Kind} {w.Name.Namespace}/{w.Name.Name}"))
                .ToList();
            if (unready.Count == 0)
                return [];
            await view.Changed.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested)
                return unready;
        }
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
