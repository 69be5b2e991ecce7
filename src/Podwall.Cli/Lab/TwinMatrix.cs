using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Lab;

/// <summary>One flow in two views that are drawn side by side; <see cref="Wrong"/> is what must not be overlooked.</summary>
internal readonly record struct TwinFlow(ProbeFlow Flow, string Left, string Right, bool Wrong);

/// <summary>What stands in one place of both views.</summary>
internal readonly record struct TwinCell(string Left, string Right, bool Wrong)
{
    public static TwinCell Itself { get; } = new(".", ".", Wrong: false);

    /// <summary>Nobody asked about it.</summary>
    public static TwinCell Nothing { get; } = new("", "", Wrong: false);

    public bool IsOpen => this is { Left: "yes", Right: "yes", Wrong: false } || IsEmpty;

    /// <summary>It says nothing, so that it fits beside anything.</summary>
    public bool IsEmpty => this == Itself || this == Nothing;

    public bool IsChanged => Left != Right;
}

/// <summary>Ends that are drawn as one, for all of them fare alike.</summary>
internal sealed record TwinLine(string Name, ValueList<ProbeEnd> Ends);

/// <summary>
/// The flows of some ports that fare alike, as rows and columns. Ends of one namespace that fare alike are one line, and
/// destinations that are open in both views are left out.
/// </summary>
internal sealed class TwinMatrix
{
    private readonly Dictionary<(ProbeEnd, ProbeEnd), TwinCell> cells;

    private TwinMatrix(ValueList<ProbePort> ports, Dictionary<(ProbeEnd, ProbeEnd), TwinCell> cells, ProbeEnd[] sources, ProbeEnd[] targets)
    {
        (Ports, this.cells) = (ports, cells);
        ProbeEnd[] all = [.. sources.Union(targets)];
        // A pod has no flow to itself, so that it would come last among the destinations.
        targets = [.. all.Where(targets.Contains)];
        ProbeEnd[] shown = [.. targets.Where(t => sources.Any(s => !At(s, t).IsOpen))];
        Columns = Merge(shown, all, (a, b) => sources.All(s => AreAlike(At(s, a), At(s, b))));
        Open = Merge(targets.Except(shown), all, (_, _) => true);
        Rows = Merge(sources.Where(s => shown.Any(t => cells.ContainsKey((s, t)))), all, (a, b) => shown.All(t => AreAlike(At(a, t), At(b, t))));
    }

    public ValueList<ProbePort> Ports { get; }

    public ValueList<TwinLine> Rows { get; }

    /// <summary>None where everything is open.</summary>
    public ValueList<TwinLine> Columns { get; }

    /// <summary>The destinations that are left out.</summary>
    public ValueList<TwinLine> Open { get; }

    public static IReadOnlyList<TwinMatrix> Of(IReadOnlyCollection<TwinFlow> all)
    {
        // What is known in neither view is counted below the matrix, where the reason stands.
        TwinFlow[] flows = [.. all.Where(f => f.Wrong || f.Left != "?" || f.Right != "?")];
        ProbeEnd[] sources = [.. flows.Select(f => f.Flow.From).Distinct()], targets = [.. flows.Select(f => f.Flow.To).Distinct()];
        var byPort = flows.GroupBy(f => f.Flow.Port).Select(port => (port.Key, Cells: port.GroupBy(f => (f.Flow.From, f.Flow.To)).ToDictionary(g => g.Key, CellOf)));
        List<(List<ProbePort> Ports, Dictionary<(ProbeEnd, ProbeEnd), TwinCell> Cells)> alike = [];
        foreach (var (port, cells) in byPort)
            if (alike.FirstOrDefault(a => a.Cells.Count == cells.Count && a.Cells.All(c => cells.TryGetValue(c.Key, out var other) && other == c.Value)).Ports is { } ports)
                ports.Add(port);
            else
                alike.Add(([port], cells));
        return [.. alike.Select(a => new TwinMatrix(a.Ports.ToValueList(), a.Cells, sources, targets))];
    }

    public TwinCell At(TwinLine row, TwinLine column)
    {
        var all = row.Ends.SelectMany(r => column.Ends.Select(c => At(r, c))).ToArray();
        return all.OrderBy(c => c.IsEmpty).ThenBy(c => c == TwinCell.Nothing).First() with { Wrong = all.Any(c => c.Wrong) };
    }

    private TwinCell At(ProbeEnd source, ProbeEnd target) => cells.GetValueOrDefault((source, target), source == target ? TwinCell.Itself : TwinCell.Nothing);

    private static bool AreAlike(TwinCell one, TwinCell other) => one == other || one.IsEmpty || other.IsEmpty;

    private static TwinCell CellOf(IEnumerable<TwinFlow> families)
    {
        var all = families.ToArray();
        return new(Word(f => f.Left), Word(f => f.Right), all.Any(f => f.Wrong));

        string Word(Func<TwinFlow, string> view) => all.Select(view).Distinct().ToArray() is [var one] ? one
            : all.Where(f => view(f) == "yes").Select(f => f.Flow.Family.ToString()).FirstOrDefault("?");
    }

    private static ValueList<TwinLine> Merge(IEnumerable<ProbeEnd> ends, ProbeEnd[] all, Func<ProbeEnd, ProbeEnd, bool> alike)
    {
        List<List<ProbeEnd>> groups = [];
        foreach (var end in ends)
            if (groups.FirstOrDefault(g => HomeOf(g[0]) == HomeOf(end) && g.All(e => alike(e, end))) is { } group)
                group.Add(end);
            else
                groups.Add([end]);
        return groups.Select(g => new TwinLine(NameOf(g, all), g.ToValueList())).ToValueList();
    }

    private static string NameOf(List<ProbeEnd> group, ProbeEnd[] all) => group switch
    {
        [var one] => $"{one}",
        [ProbeEnd.OnePod(var id), ..] when group.Count == all.Count(e => HomeOf(e) == HomeOf(group[0])) => $"{id.Namespace}/*",
        [ProbeEnd.OnePod(var id), ..] => $"{id.Namespace}/{string.Join(",", group.Cast<ProbeEnd.OnePod>().Select(p => p.Id.Name))}",
        [var first, ..] when group.Count == all.Count(e => HomeOf(e) == HomeOf(first)) && first is ProbeEnd.AtAddress => "outside",
        [var first, ..] => $"{first} +{group.Count - 1}",
        _ => "",
    };

    private static string HomeOf(ProbeEnd end) => end switch
    {
        ProbeEnd.OnePod(var id) => id.Namespace,
        ProbeEnd.OneService(var ns, _) => $"svc:{ns}",
        _ => "",
    };
}
