using Podwall.Cli.Comparing;
using Podwall.Policy;
using Podwall.Policy.Querying;

namespace Podwall.Cli.Querying;

/// <summary>The answer to a query: connections, or pods hop by hop.</summary>
internal sealed record QueryReport(string Question, Cluster Cluster, ReachQuery Query, ValueList<ReachedPath> Paths, ValueList<Hop>? Hops, bool ShowsWhy)
{
    public EndNames Names { get; } = new(Cluster.Compiled.Snapshot);
}
