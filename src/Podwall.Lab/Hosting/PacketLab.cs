using System.Diagnostics;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Kernel;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// A lab whose pods are namespaces of this machine, whose policies are enforced by an agent on each node, and whose probes
/// are packets. To be made inside user, network, mount and process namespaces of its own (<see cref="LabNamespaces"/>).
/// </summary>
public sealed class PacketLab : ILab
{
    // The kernel tells nobody when the last batch of an agent is in.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10), Patience = TimeSpan.FromSeconds(30);

    private readonly SimulatedLab planned;
    private readonly AddressPlan plan;
    private readonly ObjectStore store = new();
    private readonly ObjectRules rules = new(TimeProvider.System);
    private readonly Dictionary<PodId, RunningPod> pods = [];
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> log = [];
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-lab").FullName;
    private LabNetwork network = null!;
    private PodRoot root = null!;
    private ApiServer api = null!;
    private Task agents = Task.CompletedTask;
    private IReadOnlyList<KernelTable> tables = [];

    private PacketLab(LabSize size) => (planned, plan) = (new(size), new(size.Families));

    public bool IsSimulated => false;

    public LabSize Size => planned.Size;

    public TimeSpan CameUpIn { get; private set; }

    /// <param name="agent">The command line of <c>podwall-agent</c>.</param>
    /// <exception cref="LabException">The machine does not let a lab be made.</exception>
    public static async Task<PacketLab> StartAsync(LabSize size, IReadOnlyList<string> agent, CancellationToken cancellation)
    {
        PacketLab lab = new(size);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await lab.StartAsync(agent, cancellation);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            await lab.DisposeAsync();
            throw failed is LabException ? failed : new LabException($"the lab does not come up: {failed.Message}");
        }

        lab.CameUpIn = Stopwatch.GetElapsedTime(started);
        return lab;
    }

    public async Task ApplyAsync(IReadOnlyList<ManifestSource> objects, CancellationToken cancellation)
    {
        await planned.ApplyAsync(objects, cancellation);
        await ConvergeAsync(cancellation);
    }

    public Task<ValueList<Refusal>> RefusalsAsync(ManifestSource objects, CancellationToken cancellation) => planned.RefusalsAsync(objects, cancellation);

    public async Task LabelAsync(LabelChange change, CancellationToken cancellation)
    {
        await planned.LabelAsync(change, cancellation);
        await ConvergeAsync(cancellation);
    }

    public Task<LabCluster> SnapshotAsync(CancellationToken cancellation) => planned.SnapshotAsync(cancellation);

    public async Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, IProgress<int> done, CancellationToken cancellation)
    {
        var cluster = await SnapshotAsync(cancellation);
        Legs legs = new(cluster);
        var outcomes = new ProbeOutcome[flows.Count];
        var finished = 0;
        await Parallel.ForAsync(0, flows.Count, new ParallelOptions { MaxDegreeOfParallelism = 128, CancellationToken = cancellation }, async (i, token) =>
        {
            outcomes[i] = legs.TryFind(flows[i], out var found) is { } reason ? ProbeOutcome.Unknown(reason)
                : flows[i].To is ProbeEnd.OneService || flows[i].To is ProbeEnd.AtAddress(var asked) && asked != found[0].To ? ProbeOutcome.Unknown("nothing translates the addresses of Services in a lab yet")
                : await PacketProbe.TryAsync(SpaceOf(flows[i].From), found[0], token);
            done.Report(Interlocked.Increment(ref finished));
        });
        return outcomes.ToValueList();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await agents.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(pods.Values.Select(p => Task.Run(p.Dispose)));
        foreach (var table in tables)
            table.Dispose();
        if (api is not null)
            await api.DisposeAsync();
        network?.Dispose();
        stop.Dispose();
        await Tool.RunAsync(["umount", "-l", folder], "", CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync(IReadOnlyList<string> agent, CancellationToken cancellation)
    {
        await Tool.RunAsync(["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", folder], "", cancellation);
        // The API server listens on the loopback of these namespaces.
        await Tool.RunAsync(["ip", "link", "set", "lo", "up"], "", cancellation);
        var socket = Path.Combine(folder, "api.sock");
        var starting = ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }, cancellation);
        network = await LabNetwork.CreateAsync(plan, Size.Nodes, cancellation);
        root = await PodRoot.CreateAsync(Path.Combine(folder, "pods"), cancellation);
        tables = [.. network.Nodes.Select(n => n.Run(() => new KernelTable()))];
        api = await starting;
        LabNode[] nodes = [.. network.Nodes.Select((space, i) => new LabNode(i + 1, space, plan, agent, socket, Note))];
        foreach (var node in nodes)
            node.Register(store, TimeProvider.System);
        agents = Task.WhenAll(nodes.Select(n => n.RunAsync(stop.Token)));
        try
        {
            await Task.WhenAll(nodes.Select(n => n.InForce)).WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new LabException($"the agents do not bring policies into force: {Last()}");
        }
    }

    private async Task ConvergeAsync(CancellationToken cancellation)
    {
        var cluster = await SnapshotAsync(cancellation);
        Mirror(cluster.Snapshot);
        foreach (var gone in pods.Keys.Where(id => cluster.Snapshot.Find(id) is null).ToArray())
        {
            pods.Remove(gone, out var pod);
            pod!.Dispose();
        }

        var arriving = cluster.Snapshot.Pods.Where(p => !p.UsesHostNetwork && !pods.ContainsKey(p.Id)).ToArray();
        var started = new RunningPod[arriving.Length];
        await Parallel.ForAsync(0, arriving.Length, cancellation, async (i, token) => started[i] = await RunningPod.StartAsync(arriving[i], plan, root, network, token));
        foreach (var pod in started)
            pods[pod.Id] = pod;
        await InForceAsync(cancellation);
    }

    // What the engine wants of each node is what its kernel holds.
    private async Task InForceAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var node = 1; node <= tables.Count; node++)
            while (!tables[node - 1].IsWhole() || tables[node - 1].Differences(planned.ContentsOf(node)).Count > 0)
            {
                if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new LabException($"the policies do not come into force on node {node}: {Last()}");
                await Task.Delay(Glance, cancellation);
            }
    }

    private void Mirror(Snapshot snapshot)
    {
        HashSet<(ResourceType, ObjectName)> wanted = [];
        foreach (var item in WireObjects.Of(snapshot).Where(i => i.Type != ResourceType.Nodes))
        {
            ObjectName name = new(item.Namespace ?? "", item.Name);
            wanted.Add((item.Type, name));
            var tree = (JsonObject)JsonNode.Parse(item.Json.Span)!;
            store.Write(item.Type, name, current => current is null ? rules.Born(ServedResource.Of(item.Type), name, tree) : ObjectRules.Ordered(ObjectRules.Renewed(current, tree)));
        }

        foreach (var type in new[] { ResourceType.Pods, ResourceType.NetworkPolicies })
            foreach (var item in store.View(type).From(null).Where(i => !wanted.Contains((type, i.Name))).ToArray())
                store.Delete(type, item.Name);
    }

    private NetworkSpace SpaceOf(ProbeEnd end) => end is ProbeEnd.OnePod(var id)
        ? pods.TryGetValue(id, out var pod) ? pod.Space : network.Nodes[NumberOf(planned.NodeOf(id)) - 1]
        : network.Outside;

    private static int NumberOf(string node) => int.Parse(node[LabNode.Prefix.Length..], System.Globalization.CultureInfo.InvariantCulture);

    private void Note(string line)
    {
        lock (log)
            log.Add(line);
    }

    private string Last()
    {
        lock (log)
            return string.Join("; ", log.TakeLast(3));
    }

    /// <summary>A pod's namespaces and what answers in them.</summary>
    private sealed class RunningPod(PodId id, PodSandbox sandbox, Responder responder) : IDisposable
    {
        public PodId Id => id;

        public NetworkSpace Space => sandbox.Space;

        public static async Task<RunningPod> StartAsync(Pod pod, AddressPlan plan, PodRoot root, LabNetwork network, CancellationToken cancellation)
        {
            var node = NumberOf(pod.Node!);
            // The name of an interface holds 15 characters, which the last part of an address fits.
            var number = pod.Addresses[0].ToString().Split('.', ':')[^1];
            PodPlan planned = new(pod.Id, node, $"pod{node}-{number}", pod.Addresses);
            var sandbox = await PodSandbox.StartAsync(planned, root, network, plan.Resolver(pod.Id.Namespace), cancellation);
            Responder responder = new($"{pod.Id}");
            foreach (var (protocol, port) in pod.Ports.Select(p => (p.Protocol, (int)p.Number)).Distinct().Where(p => p.Protocol is Protocol.Tcp or Protocol.Udp))
                responder.Serve(sandbox.Space, protocol, port);
            return new(pod.Id, sandbox, responder);
        }

        public void Dispose()
        {
            responder.Dispose();
            sandbox.Dispose();
        }
    }
}
