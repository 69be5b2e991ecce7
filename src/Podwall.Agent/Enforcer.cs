using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>
/// Keeps the kernel of one node equal to the engine. What cannot be brought into force leaves pods closed, never open, and
/// is tried again. Used by one thread at a time; made on a thread that is in the node's network namespace.
/// </summary>
public sealed class Enforcer : IDisposable
{
    /// <summary>Ports of bridges are looked at so often, where pods are on one.</summary>
    public static readonly TimeSpan PortInterval = TimeSpan.FromSeconds(1);

    private readonly AgentOptions options;
    private readonly AgentLog log;
    private readonly TimeProvider time;
    private readonly KernelTable table;
    private readonly ConnectionJudge connections;
    private readonly PortGuard guard;
    private readonly Lock gate = new();
    private readonly NodeView view;
    private readonly AddressOwners owners = new();
    private readonly Vacancies vacancies;
    private NodeFacts facts;
    private Lowered lowered;
    private readonly Comparisons comparisons;
    private bool isKnown, isBroken;

    /// <exception cref="NetlinkException">The kernel has no nf_tables or no connection tracking, or the right to change them is missing.</exception>
    public Enforcer(AgentOptions options, Metrics metrics, AgentLog log, TimeProvider? time = null)
        : this(options, metrics, log, time ?? TimeProvider.System, new())
    {
    }

    internal Enforcer(AgentOptions options, Metrics metrics, AgentLog log, TimeProvider time, KernelTable table)
    {
        (this.options, Metrics, this.log, this.time, this.table) = (options, metrics, log, time, table);
        connections = new(table, metrics, log, time);
        guard = new(options, log);
        vacancies = new(owners, guard, log, time);
        view = new(options.NodeName);
        comparisons = new(time, table);
        facts = options.FactsOf(Snapshot.Empty);
        lowered = new(facts);
        metrics.Drops = Drops;
        metrics.Held = Held;
    }

    public Metrics Metrics { get; }

    /// <summary>What is in force is what the last state of the cluster asks for.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>Pods are on a bridge, whose ports are to be looked at.</summary>
    public bool GuardsPorts => guard.IsNeeded;

    /// <inheritdoc cref="ConnectionJudge.IsOwed"/>
    public bool OwesCut => connections.IsOwed;

    /// <summary>Where this node's pods get their addresses, as far as is known.</summary>
    public ValueList<Cidr> PodRanges => facts.PodRanges;

    /// <summary>What the kernel should hold.</summary>
    public Contents Contents => lowered.Contents;

    /// <summary>
    /// Before anything is known of the cluster: a table that is there and whole, be it of another version, stays as it is,
    /// with whatever it allows; otherwise every pod of the node is closed.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    public void Start()
    {
        lock (gate)
        {
            guard.Start();
            if (table.IsInForce())
            {
                log.Info("the rules of an earlier agent stay in force until the cluster is known");
                return;
            }

            table.Install(lowered.Contents);
            log.Info("pods are closed until their policies are known", ("ranges", string.Join(',', facts.PodRanges)), ("interfaces", string.Join(',', facts.PodInterfaces)));
        }
    }

    /// <summary>Brings a state of the cluster into force.</summary>
    public void Enforce(Snapshot snapshot)
    {
        lock (gate)
        {
            var started = time.GetTimestamp();
            var isFirst = !isKnown;
            if (options.FactsOf(snapshot) is var now && now != facts)
            {
                (facts, lowered, isFirst) = (now, new(now), true);
                log.Info("the node's pods live here", ("ranges", string.Join(',', now.PodRanges)), ("interfaces", string.Join(',', now.PodInterfaces)));
            }

            // Before it is said whose the addresses are now: they are another's no sooner than the last one's cable goes.
            if (isKnown)
                vacancies.Look(lowered.Contents);
            HashSet<Address> fresh = [], inherited = [];
            if (lowered.Update(view.Update(snapshot)))
                (fresh, inherited) = owners.Update(lowered.LocalPods, lowered.Contents, isFirst: !isKnown);
            isKnown = true;
            vacancies.End(lowered.Contents);
            Attempt(() =>
            {
                if (isFirst || owners.Stale.Count > 0)
                    guard.Update(owners.Addresses.ToHashSet());
                vacancies.Look(lowered.Contents);
                vacancies.Learn();
                var sent = isBroken ? Settle() : isFirst ? Begin() : Change(fresh, inherited);
                Succeeded();
                Metrics.Applied(time.GetElapsedTime(started), sent);
            });
        }
    }

    /// <summary>Waits until the cable of a pod may have come or gone.</summary>
    public Task LinkChangeAsync(CancellationToken cancellation) => vacancies.ChangeAsync(cancellation);

    /// <summary>Closes addresses whose pods have gone from this node, whatever the cluster says of them.</summary>
    public void LookAtLinks()
    {
        lock (gate)
            Attempt(FollowLinks);
    }

    /// <summary>Judges the connections, where that is owed.</summary>
    public void CutOwed()
    {
        lock (gate)
            if (OwesCut)
                Attempt(() => connections.Judge(lowered.Contents));
    }

    /// <summary>Compares the kernel with what it should hold and mends it; also the next try after a failure.</summary>
    public void Look()
    {
        lock (gate)
            Attempt(() =>
            {
                Metrics.Resynced();
                FollowLinks();
                if (isKnown && (isBroken || comparisons.IsDue()))
                    Compare();
            });
    }

    /// <summary>Looks for ports of bridges that came and went.</summary>
    public void LookAtPorts()
    {
        lock (gate)
            guard.Look();
    }

    public void Dispose()
    {
        guard.Dispose();
        table.Dispose();
        connections.Dispose();
        vacancies.Dispose();
    }

    private void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (NetlinkException refused)
        {
            Recover(refused);
        }
    }

    private void Compare()
    {
        var started = time.GetTimestamp();
        var wasWhole = table.IsWhole();
        var mended = Settle();
        comparisons.Done(started);
        if (guard.Mend() || !wasWhole || mended > 0)
        {
            Metrics.Repaired();
            log.Warn("the table was changed by somebody else and is mended", ("elements", mended), ("whole", wasWhole));
        }

        Succeeded();
    }

    // What is in force before the cluster is known, or after a failure, is not to be touched by this.
    private void FollowLinks()
    {
        if (!isKnown || isBroken)
            return;
        vacancies.Look(lowered.Contents);
        vacancies.End(lowered.Contents);
        if (lowered.Contents.Pending().Count == 0)
            return;
        table.Apply(lowered.Contents);
        Forget();
    }

    // The first state: what an earlier agent says that it left is believed until the next look compares it.
    private int Begin()
    {
        if (!table.IsWhole() || !table.TakeOver(lowered.Contents))
            return Settle();
        comparisons.IsUnproven = true;
        Forget();
        connections.Judge(lowered.Contents);
        return 0;
    }

    // From whatever the kernel holds to what it should hold.
    private int Settle()
    {
        int mended;
        comparisons.IsUnproven = false;
        if (table.IsWhole())
            mended = table.Repair(lowered.Contents).Sum(d => d.Count);
        else
        {
            table.Install(lowered.Contents);
            mended = lowered.Contents.All.Sum(c => c.Count);
        }

        Forget();
        connections.Judge(lowered.Contents);
        return mended;
    }

    // A pod that has an address which another had is closed until nothing of the other is left. Of an address that nobody
    // had nothing passes yet, so that it is enough to forget what was.
    private int Change(HashSet<Address> fresh, HashSet<Address> inherited)
    {
        var sent = 0;
        connections.Owe(lowered.Contents.Pending());
        connections.Forget(fresh);
        owners.Stale.ExceptWith(fresh);
        foreach (var address in inherited)
            lowered.Contents.ReadyOf(address).Remove(ElementKey.Of(address));
        try
        {
            sent = table.Apply(lowered.Contents);
            Forget();
        }
        finally
        {
            // Whatever the kernel refused, these are what it should hold.
            foreach (var address in inherited)
                lowered.Contents.ReadyOf(address).Set(ElementKey.Of(address));
        }

        if (inherited.Count > 0)
            sent += table.Apply(lowered.Contents);
        // A single change is judged at once; in a burst of them the rest waits its turn.
        connections.JudgeInTurn(lowered.Contents);
        return sent;
    }

    private void Forget()
    {
        connections.Forget(owners.Stale);
        owners.Stale.Clear();
    }

    private void Succeeded()
    {
        if (!IsInForce)
            log.Info("policies are in force", ("pods", owners.Pods), ("elements", lowered.Contents.All.Sum(c => c.Count)));
        (IsInForce, isBroken) = (true, false);
        comparisons.Own();
    }

    // The kernel is not what it should be: made anew, or closed if not even that goes.
    private void Recover(NetlinkException refused)
    {
        Metrics.Failed();
        log.Error("the kernel refused a change", ("reason", refused.Message));
        try
        {
            Settle();
            Metrics.Repaired();
            Succeeded();
        }
        catch (NetlinkException again)
        {
            (IsInForce, isBroken) = (false, true);
            Close(again);
        }
    }

    private void Close(NetlinkException why)
    {
        try
        {
            if (table.IsWhole())
                table.Close();
            else
                table.Install(new Lowered(facts).Contents);
            log.Error("pods are closed until the kernel takes their policies", ("reason", why.Message));
        }
        catch (NetlinkException last)
        {
            log.Error("the kernel takes no table; it is tried again", ("reason", last.Message));
        }
    }

    private Dictionary<string, long> Held()
    {
        lock (gate)
            return lowered.Contents.All.ToDictionary(c => c.Shape.Name, c => (long)c.Count);
    }

    private Dictionary<string, ulong> Drops()
    {
        lock (gate)
        {
            try
            {
                Dictionary<string, ulong> all = new(table.Dropped());
                foreach (var (reason, count) in guard.Dropped())
                    all[reason] = all.GetValueOrDefault(reason) + count;
                return all;
            }
            catch (NetlinkException)
            {
                // Without a table nothing is counted; the next look makes it anew.
                return [];
            }
        }
    }
}
