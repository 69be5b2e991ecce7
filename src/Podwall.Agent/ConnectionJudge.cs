using Podwall.Nftables.Kernel;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>Makes the connections that are open agree with a change: at once, or in a burst of changes when their turn comes.</summary>
internal sealed class ConnectionJudge : IDisposable
{
    /// <summary>Connections are judged at most so often: a change that denies some is made true within a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Conntrack conntrack = new();
    private readonly NodeAddresses nodeAddresses = new();
    private readonly ConnectionCutter cutter;
    private readonly Metrics metrics;
    private readonly AgentLog log;
    private readonly TimeProvider time;
    private long? last;

    public ConnectionJudge(KernelTable table, Metrics metrics, AgentLog log, TimeProvider time) =>
        (cutter, this.metrics, this.log, this.time) = (new(table, conntrack), metrics, log, time);

    /// <summary>A change may have denied connections, or allowed those that were cut, which were not judged yet.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>Takes note of what is about to change.</summary>
    public void Owe(IReadOnlyCollection<MapDelta> pending) => IsOwed |= ConnectionCutter.MayDeny(pending) || (pending.Count > 0 && cutter.Buries);

    /// <summary>Judges what is owed, unless that was done a moment ago.</summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    public void JudgeInTurn(Contents contents)
    {
        if (IsOwed && (last is not { } before || time.GetElapsedTime(before) >= Interval))
            Judge(contents);
    }

    /// <summary>Judges every connection of the node's pods by what is in force.</summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    public void Judge(Contents contents)
    {
        (IsOwed, last) = (false, time.GetTimestamp());
        var (cut, forgotten) = cutter.Cut(contents, nodeAddresses.Read().Contains);
        metrics.Severed(cut);
        if (cut > 0)
            log.Info("connections that policy no longer allows were cut", ("connections", cut));
        if (forgotten > 0)
            log.Warn("more were cut than the kernel can keep cut; what comes on the others is judged as new", ("tuples", forgotten));
    }

    /// <inheritdoc cref="ConnectionCutter.Forget"/>
    public void Forget(IReadOnlySet<Address> addresses) => cutter.Forget(addresses);

    public void Dispose()
    {
        conntrack.Dispose();
        nodeAddresses.Dispose();
    }
}
