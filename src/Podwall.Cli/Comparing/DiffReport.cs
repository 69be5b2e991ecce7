using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>What a change does, and between which two states.</summary>
internal sealed record DiffReport(Side Before, Side After, PolicyDiff Diff)
{
    public EndNames Names { get; } = new(Before.Snapshot, After.Snapshot);
}
