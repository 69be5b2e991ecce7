using System.Diagnostics;
using System.Globalization;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>A pod that is to be made: on which node, at which interface of it, and with which addresses.</summary>
internal sealed record PodPlan(PodId Id, int Node, string Cable, ValueList<Address> Addresses)
{
    public string Hostname { get; init; } = Id.Name;

    /// <summary>It has no network of its own, but that of its node.</summary>
    public bool UsesHostNetwork { get; init; }
}

/// <summary>The namespaces of one pod, kept by a process of its own, and its cable.</summary>
internal sealed class PodSandbox : IDisposable
{
    // The first process of a pod reaps what others leave behind.
    private const string Keeping = "echo ready; while :; do sleep 2147483647 & wait; done";

    // PF_EXITING of the kernel.
    private const long Exiting = 0x4;

    private readonly PodPlan plan;
    private readonly PodRoot root;
    private readonly LabNetwork network;
    private readonly Process keeper;

    private PodSandbox(PodPlan plan, PodRoot root, LabNetwork network, Process keeper)
    {
        (this.plan, this.root, this.network, this.keeper, Space) = (plan, root, network, keeper, NetworkSpace.Of(keeper.Id));
        CancellationTokenSource ended = new();
        Ended = ended.Token;
        keeper.Exited += (_, _) => ended.Cancel();
        keeper.EnableRaisingEvents = true;
    }

    public NetworkSpace Space { get; }

    /// <summary>Cancelled when whoever keeps its namespaces has ended, and with it every process of the pod.</summary>
    public CancellationToken Ended { get; }

    /// <summary>
    /// Whether its first process lives; <see cref="Ended"/> is told of it a little later. The kernel ends the others of a pod after
    /// the first, so that whoever has seen one end need only ask.
    /// </summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                // The seventh word after the name are the flags (proc(5)).
                var stat = File.ReadAllText($"/proc/{File.ReadAllText($"/proc/{keeper.Id}/task/{keeper.Id}/children").Trim()}/stat");
                return (long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[6], CultureInfo.InvariantCulture) & Exiting) == 0;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <exception cref="LabException">The host does not let a pod be made.</exception>
    public static async Task<PodSandbox> StartAsync(PodPlan plan, PodRoot root, LabNetwork network, string resolver, CancellationToken cancellation)
    {
        root.Lay(plan.Cable, plan.Hostname, plan.Addresses, resolver);
        string[] place = plan.UsesHostNetwork ? Tool.Entering(network.Nodes[plan.Node - 1]) : [];
        string[] own = plan.UsesHostNetwork ? [] : ["--net"];
        var keeper = Tool.Start([.. place, "unshare", .. own, "--mount", "--mount-proc", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--", .. PodRoot.Confined, "sh", "-c", Keeping]);
        PodSandbox? made = null;
        try
        {
            keeper.StandardInput.Close();
            if (await keeper.StandardOutput.ReadLineAsync(cancellation) != "ready")
                throw new LabException($"pod {plan.Id} cannot be made: {(await keeper.StandardError.ReadToEndAsync(cancellation)).Trim()}");
            made = new(plan, root, network, keeper);
            made.Furnish();
            return made;
        }
        catch
        {
            End(keeper, plan, root, network);
            made?.Space.Dispose();
            throw;
        }
    }

    /// <summary>A command line that runs another inside the pod, confined.</summary>
    public IEnumerable<string> Inside(IEnumerable<string> command)
    {
        var spaces = $"/proc/{keeper.Id}/ns";
        return ["nsenter", $"--net={spaces}/net", $"--mount={spaces}/mnt", $"--uts={spaces}/uts", $"--ipc={spaces}/ipc", $"--pid={spaces}/pid_for_children", "--", .. PodRoot.Confined, .. command];
    }

    /// <summary>Runs on a thread that sees the pod's files.</summary>
    public T AmongFiles<T>(Func<T> work) => NetworkSpace.OnThread(() =>
    {
        SystemCalls.Leave(SystemCalls.ShareFiles);
        using var files = SystemCalls.Open($"/proc/{keeper.Id}/ns/mnt");
        SystemCalls.Enter(files, SystemCalls.NewMount);
        return work();
    });

    /// <summary>Ends every process of the pod at once, and takes its cable and its files away.</summary>
    public void Dispose()
    {
        End(keeper, plan, root, network);
        Space.Dispose();
    }

    // Not by programs: each that is started costs more than all of this.
    private void Furnish()
    {
        try
        {
            NetworkSpace.OnThread(() =>
            {
                SystemCalls.Leave(SystemCalls.ShareFiles);
                using var files = SystemCalls.Open($"/proc/{keeper.Id}/ns/mnt");
                using var names = SystemCalls.Open($"/proc/{keeper.Id}/ns/uts");
                SystemCalls.Enter(files, SystemCalls.NewMount);
                SystemCalls.Enter(names, SystemCalls.NewNames);
                SystemCalls.SetHostname(plan.Hostname);
                root.Enter(plan.Cable);
                return 0;
            });
            if (!plan.UsesHostNetwork)
                network.Plug(plan.Node, plan.Cable, Space, plan.Addresses);
        }
        catch (IOException refused)
        {
            throw new LabException($"pod {plan.Id} cannot be made: {refused.Message}");
        }
    }

    private static void End(Process keeper, PodPlan plan, PodRoot root, LabNetwork network)
    {
        // With its first process the kernel ends all the others.
        keeper.Kill();
        keeper.WaitForExit();
        Tool.LetGo(keeper);
        if (!plan.UsesHostNetwork)
            network.Unplug(plan.Node, plan.Cable);
        root.Remove(plan.Cable);
    }
}
