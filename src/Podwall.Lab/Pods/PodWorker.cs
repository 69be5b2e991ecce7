using System.Net.Sockets;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>One pod from its namespaces to its end; reports how its containers are.</summary>
internal sealed class PodWorker : IDisposable
{
    private readonly PodCell cell;
    private readonly CancellationTokenSource ending = new(), stop = new();
    private readonly Lock gate = new();
    private readonly List<ContainerWorker> init, main;
    private PodSandbox? sandbox;
    private Task running = Task.CompletedTask;
    private bool isGone;

    /// <param name="plan">Where it lives.</param>
    /// <param name="pod">The object, to be read only.</param>
    /// <param name="cell">What it has in common with the others.</param>
    public PodWorker(PodPlan plan, JsonObject pod, PodCell cell)
    {
        (Plan, Object, this.cell) = (plan, pod, cell);
        (Uid, RestartPolicy) = (Cells.Text(pod, "metadata", "uid"), Cells.Text(pod, "spec", "restartPolicy"));
        init = [.. Cells.Items(pod["spec"]?["initContainers"]).Where(c => Cells.Text(c, "restartPolicy") != "Always").Select(c => new ContainerWorker(this, c, cell, isInit: true))];
        main = [.. Cells.Items(pod["spec"]?["initContainers"]).Where(c => Cells.Text(c, "restartPolicy") == "Always").Concat(Cells.Items(pod["spec"]?["containers"])).Select(c => new ContainerWorker(this, c, cell, isInit: false))];
    }

    public PodPlan Plan { get; }

    public JsonObject Object { get; }

    public string Uid { get; }

    public string RestartPolicy { get; }

    public IReadOnlyList<Address> NodeAddresses => [.. cell.Plan.Used.Select(f => AddressPlan.NodeAddress(f, Plan.Node))];

    /// <exception cref="IOException">It is not there yet, or not any more.</exception>
    public PodSandbox Sandbox => sandbox is { } there && !isGone ? there : throw new IOException($"pod {Plan.Id} is not running");

    /// <exception cref="IOException">There is no such container.</exception>
    public ContainerWorker Container(string name) => main.Concat(init).FirstOrDefault(c => c.Name == name) ?? throw new IOException($"pod {Plan.Id} has no container {name}");

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>A socket of its node, whose connections no policy may block.</summary>
    public Socket OpenOnNode(AddressFamily family) => cell.Network.Nodes[Plan.Node - 1].Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>Changes how a container is, and reports it.</summary>
    public void Become(Action change)
    {
        lock (gate)
        {
            change();
            Report();
        }
    }

    /// <summary>Lets the containers end, and takes the pod out of the API; those that take too long are killed.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        foreach (var container in main.Where(c => c.State.Phase == ContainerPhase.Running))
            cell.Report(this, new("kubelet", "Killing", $"Stopping container {container.Name}") { Part = $"spec.containers{{{container.Name}}}" });
        await ending.CancelAsync();
        await Task.WhenAny(running, Task.Delay(grace, cell.Time));
        Dispose();
        await running;
        cell.Writes.Delete(ResourceType.Pods, NameInStore, Deletion.AtOnce with { Uid = Uid });
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (isGone)
                return;
            isGone = true;
        }

        stop.Cancel();
        foreach (var container in main.Concat(init))
            container.Log.Close();
        sandbox?.Dispose();
    }

    private ObjectName NameInStore => new(Plan.Id.Namespace, Plan.Id.Name);

    private async Task RunAsync()
    {
        try
        {
            Become(() => { });
            while (await MakeAsync() is { } made)
            {
                if (!await OutlivesAsync(made))
                    return;
                cell.Log($"pod {Plan.Id}: its processes were killed; it is made anew");
                cell.Report(this, new("kubelet", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created."));
                lock (gate)
                {
                    if (isGone)
                        return;
                    sandbox = null;
                }

                made.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The pod goes at once.
        }
#pragma warning disable CA1031 // What goes wrong with one pod must not end the others.
        catch (Exception failed)
        {
            if (isGone)
                return;
            cell.Log($"pod {Plan.Id}: {failed.Message}");
            cell.Report(this, new("kubelet", "Failed", failed.Message) { Severity = EventSeverity.Warning });
        }
#pragma warning restore CA1031
        finally
        {
            // One that has ended keeps its logs, and nothing else.
            if (!ending.IsCancellationRequested && sandbox is not null && HasEnded)
                Dispose();
        }
    }

    private bool HasEnded => PodStatus.Phase(RestartPolicy, init, main) is "Succeeded" or "Failed";

    // Null where the pod goes meanwhile.
    private async Task<PodSandbox?> MakeAsync()
    {
        var made = await PodSandbox.StartAsync(Plan, cell.Root, cell.Network, cell.Plan.Resolver(Plan.Id.Namespace), stop.Token);
        lock (gate)
            if (!isGone)
                return sandbox = made;
        made.Dispose();
        return null;
    }

    // Runs the containers; whether they are still wanted when somebody has killed what keeps their namespaces.
    private async Task<bool> OutlivesAsync(PodSandbox made)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, made.Ended);
        try
        {
            foreach (var container in init)
            {
                await container.RunAsync(ending.Token, life.Token);
                if (!container.State.HasSucceeded)
                    return false;
            }

            await Task.WhenAll(main.Select(c => c.RunAsync(ending.Token, life.Token)));
        }
        catch (Exception) when (made.Ended.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // What became of them is in their states.
        }

        return made.Ended.IsCancellationRequested && !stop.IsCancellationRequested && !ending.IsCancellationRequested && !HasEnded;
    }

    // Of a pod that has gone, or of another one of its name, nothing is said.
    private void Report()
    {
        if (isGone && !stop.IsCancellationRequested)
            return;
        var now = cell.Time.GetUtcNow();
        try
        {
            cell.Writes.ChangeStatus(ResourceType.Pods, NameInStore, tree =>
            {
                if (Cells.Text(tree, "metadata", "uid") != Uid)
                    return;
                var status = tree["status"] as JsonObject ?? [];
                tree["status"] = status;
                PodStatus.Write(status, this, sandbox is not null, init, main, now);
            });
        }
        catch (Exception refused) when (refused is ApiFailure or LabException)
        {
            cell.Log($"pod {Plan.Id}: its status cannot be reported: {refused.Message}");
        }
    }
}
