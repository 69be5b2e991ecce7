using Podwall.Nftables.Kernel;

namespace Podwall.Agent;

/// <summary>
/// When the kernel is compared with what it should hold: after somebody else changed tables, and now and then anyhow, but never so
/// often that it takes much of the time.
/// </summary>
internal sealed class Comparisons(TimeProvider time, KernelTable table)
{
    // Every so many looks all of it is compared, even where nobody seems to have changed anything.
    private const int LooksPerFullLook = 6;

    // Comparing takes no more than this share of the time: where it takes long, it is done less often.
    private const int Share = 50;

    private uint generation;
    private long commits;
    private int looks;
    private long? last;
    private TimeSpan taken;

    /// <summary>What the kernel holds was believed, not compared.</summary>
    public bool IsUnproven { get; set; }

    /// <summary>Whether this look is to compare.</summary>
    public bool IsDue() => (last is not { } before || time.GetElapsedTime(before) >= Share * taken)
        && (IsUnproven || table.Generation() != generation || ++looks % LooksPerFullLook == 0);

    /// <summary>A comparison that began at a timestamp has ended.</summary>
    public void Done(long started) => (taken, last) = (time.GetElapsedTime(started), time.GetTimestamp());

    /// <summary>What the kernel's tables are now is our doing, as far as we sent anything.</summary>
    public void Own()
    {
        if (commits != table.Commits)
            (commits, generation) = (table.Commits, table.Generation());
    }
}
