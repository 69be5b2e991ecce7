using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Policy.Querying;

namespace Podwall.Cli.Querying;

/// <summary>The answer to a query, for a person.</summary>
internal sealed class QueryText(Paper paper, QueryReport report)
{
    private const int MostPaths = 200;
    private const int MostRules = 8;

    public void Write()
    {
        paper.Line(new Piece(report.Question, Ink.Strong)).Line();
        if (report.Hops is { } hops)
        {
            foreach (var hop in hops)
                Write($"{hop.Number}  {report.Names.Of(hop.Pods)}", hop.Via, $"   via {report.Names.Of(hop.Via.From)} -> {report.Names.Of(hop.Via.To)}");
            var pods = report.Cluster.Compiled.Snapshot.Pods.Count(p => !p.UsesHostNetwork);
            if (hops.Count > 0)
                paper.Line();
            paper.Line($"{hops.Sum(h => h.Pods.Count)} of {pods} pods{(hops.Count > 0 ? $", the farthest after {Plural.Of(hops[^1].Number, "connection")}" : "")}");
            if (report.Paths.Count > 0)
                paper.Line().Line(new Piece("and addresses outside", Ink.Strong));
        }

        foreach (var path in report.Paths.Take(MostPaths))
            Write($"{report.Names.Of(path.From)} -> {report.Names.Of(path.To)}", path, "");
        if (report.Paths.Count > MostPaths)
            paper.Line(new Piece($"and {report.Paths.Count - MostPaths} more; -o json has them", Ink.Dim));
        if (report.Paths.Count == 0 && report.Hops is null)
            paper.Line(new Piece("nothing", Ink.Good));
    }

    private void Write(string ends, ReachedPath path, string via)
    {
        paper.Line($"  {ends}   ", new Piece($"{path.Traffic}", Ink.Caution), new Piece(via, Ink.Dim));
        if (!report.ShowsWhy)
            return;
        var rules = report.Query.RulesOf(path);
        if (rules.Count == 0)
            paper.Line("     no policy governs it");
        foreach (var rule in rules.Take(MostRules))
            paper.Line($"     let through by {rule.Spoken}{(report.Cluster.Manifests.Sources.Of(rule) is { } at ? $" ({at.File}:{at.Line})" : "")}");
        if (rules.Count > MostRules)
            paper.Line(new Piece($"     and {rules.Count - MostRules} more rules; -o json has them", Ink.Dim));
    }
}
