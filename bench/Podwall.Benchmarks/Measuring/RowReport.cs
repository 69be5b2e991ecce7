using System.Globalization;
using System.Text;

namespace Podwall.Benchmarks.Measuring;

/// <summary>One row of the suite as it is committed: the machine, a table, and what was checked first.</summary>
public sealed class RowReport(string row, string title)
{
    private readonly List<string> lines = [];
    private readonly List<string> notes = [];

    /// <summary>A line without a baseline, or one whose baseline needs no repetition.</summary>
    public void Add(string what, string measured, string beside, string target, bool? met)
    {
        lines.Add($"| {what} | {measured} | {beside} | {target} | {(met is { } m ? m ? "met" : "**missed**" : "")} |");
        Console.WriteLine($"{row}  {what}: {measured}; beside {beside}; target {target} {(met is { } known ? known ? "met" : "MISSED" : "")}");
    }

    /// <summary>A ratio against a baseline of the same run; it is withheld where the baseline was not steady.</summary>
    public void Add(string what, Comparison taken, string target, double? largest, bool reportUnsteady, string extra = "")
    {
        var spread = $"spread {taken.Baseline.Spread:p0}, attempt {taken.Attempts}";
        if (!taken.IsSteady && !reportUnsteady)
            Add(what, $"not reported: {spread}", Milliseconds(taken.Baseline.Median), target, met: null);
        else
            Add(what, $"{Milliseconds(taken.Subject.Median)} = {Ratio(taken.Ratio)}{extra}", $"{Milliseconds(taken.Baseline.Median)} ({spread})", target, largest is { } l ? taken.Ratio <= l : null);
    }

    /// <summary>A time that is promised as such, beside one of the same run that says how fast the machine is.</summary>
    public void Add(string what, Comparison taken, string target) => Add(what, Spread(taken.Subject), Spread(taken.Baseline), target, met: null);

    private static string Spread(Timing taken) => $"{Milliseconds(taken.Median)} (spread {taken.Spread:p0})";

    public void Note(string note)
    {
        notes.Add(note);
        Console.WriteLine($"{row}  {note}");
    }

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds switch
    {
        >= 100 and var ms => ms.ToString("n0", CultureInfo.InvariantCulture) + " ms",
        >= 1 and var ms => ms.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        var ms => (ms * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " us",
    };

    public static string Ratio(double ratio) => ratio.ToString(ratio < 0.1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture) + "x";

    public void Save(string folder, DateTimeOffset date, bool isPreliminary)
    {
        Directory.CreateDirectory(folder);
        var text = new StringBuilder($"# {row}: {title}\n\n");
        if (isPreliminary)
            text.Append("**Preliminary**: the machine was not quiet, and unsteady baselines are shown all the same.\n\n");
        text.Append($"{date:yyyy-MM-dd HH:mm} UTC · {Machine.Cpu}, {Environment.ProcessorCount} cores, load {Machine.LoadAverage} · {Machine.Kernel} · {Machine.Runtime} · commit {Machine.Commit}\n\n");
        text.Append("| What | Measured | Beside, in the same run | Target | |\n|---|---|---|---|---|\n");
        text.AppendJoin('\n', lines).Append("\n\n");
        foreach (var note in notes)
            text.Append($"- {note}\n");
        File.WriteAllText(Path.Combine(folder, $"{row}.md"), text.ToString());
    }
}
