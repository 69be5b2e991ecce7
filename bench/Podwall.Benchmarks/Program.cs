using Podwall.Benchmarks;
using Podwall.Benchmarks.Measuring;
using Podwall.Benchmarks.Rows;
using Podwall.Lab.Workloads;
using Podwall.Policy;

if (args is ["--peak", var peakOf])
{
    B5.PrintPeak(peakOf);
    return 0;
}

if (args is ["--watch", var socket, var agents, var version])
{
    await B6.WatchAsync(socket, int.Parse(agents, System.Globalization.CultureInfo.InvariantCulture), version);
    return 0;
}

var settings = new Settings
{
    FloorProgram = Option("--floor"),
    Published = Option("--published") ?? new Settings().Published,
    IsPreliminary = args.Contains("--preliminary"),
};
var rows = new Dictionary<string, (string Title, Action<RowReport> Run)>(StringComparer.OrdinalIgnoreCase)
{
    ["B0"] = ("the API server and the client", r => B0.RunAsync(r, WorkloadsOr("W", "W-L", "W-CAL")).GetAwaiter().GetResult()),
    ["B1"] = ("one change to the kernel", r => B1.Run(r, WorkloadsOr("W-S", "W", "W-L"))),
    ["B1b"] = ("large changes, and small ones in something large", r => B1b.Run(r, settings)),
    ["B1c"] = ("a cluster that comes at once", r => B1c.RunAsync(settings, r).GetAwaiter().GetResult()),
    ["B1d"] = ("what a change denies is cut", r => B1d.RunAsync(r).GetAwaiter().GetResult()),
    ["B2"] = ("cold start and restart", r => B2.Run(r, WorkloadsOr("W-S", "W", "W-L", "W-XL", "W-1", "W-RH", "W-MESH", "W-CAL", "W-CIDR"))),
    ["B2b"] = ("the size of the ruleset", r => B2b.Run(r, settings)),
    ["B2c"] = ("the agent is killed and started again", r => B2c.RunAsync(settings, r).GetAwaiter().GetResult()),
    ["B3"] = ("the agent at work", r => B3.RunAsync(settings, r, WorkloadsOr("W", "W-L", "W-150k", "W-XL", "W-MESH")).GetAwaiter().GetResult()),
    ["B3b"] = ("the agent at work for ten minutes", r => B3b.RunAsync(settings, r).GetAwaiter().GetResult()),
    ["B4"] = ("packets", B4.Run),
    ["B4b"] = ("packets while the cluster changes", B4b.Run),
    ["B5"] = ("full connectivity", r => B5.Run(settings, r, WorkloadsOr("W-S", "W", "W-L", "W-RH", "W-1"))),
    ["B5c"] = ("diff and test", r => B5c.Run(r, WorkloadsOr("W", "W-L"))),
    ["B5d"] = ("lint", r => B5d.Run(r, WorkloadsOr("W", "W-L", "W-1"))),
    ["B5b"] = ("verdicts, edits and differences", r => B5b.Run(settings, r, WorkloadsOr("W-S", "W", "W-L"))),
    ["B6"] = ("many agents on one API server", r => B6.RunAsync(r).GetAwaiter().GetResult()),
    ["B7"] = ("a lab comes up", r => B7.Run(settings, r)),
};
var asked = args.Where((a, i) => !a.StartsWith('-') && (i == 0 || args[i - 1] is not ("--floor" or "--published" or "--workloads"))).ToArray();
if (asked.FirstOrDefault(a => !rows.ContainsKey(a)) is { } unknown)
{
    Console.Error.WriteLine($"{unknown} is no row; there are {string.Join(", ", rows.Keys)}. Workloads: {string.Join(", ", Workload.Names)}.");
    return 2;
}

foreach (var name in asked.Length > 0 ? asked : [.. rows.Keys])
{
    // What loads a kernel does so in a namespace of its own.
    if (name.ToUpperInvariant() is "B1" or "B1B" or "B1C" or "B1D" or "B2" or "B2B" or "B2C" or "B3" or "B3B" or "B4" or "B4B" && Namespaces.Enter(name, args.Where(a => !asked.Contains(a))) is { } code)
    {
        if (code != 0)
            return code;
        continue;
    }

    // The row's own spelling, however it was asked for.
    var report = new RowReport(rows.Keys.First(k => k.Equals(name, StringComparison.OrdinalIgnoreCase)), rows[name].Title);
    rows[name].Run(report);
    report.Save(settings.Results, TimeProvider.System.GetUtcNow(), settings.IsPreliminary);
}

return 0;

ValueList<string> WorkloadsOr(params string[] usual) => [.. Option("--workloads")?.Split(',') ?? usual];

string? Option(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
