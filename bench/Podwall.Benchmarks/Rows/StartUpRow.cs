using System.Diagnostics;
using Podwall.Benchmarks.Measuring;

namespace Podwall.Benchmarks.Rows;

/// <summary>How soon the published program is there, and how large it is.</summary>
public static class StartUpRow
{
    private const int Runs = 20;

    public static void Measure(Settings settings, RowReport report)
    {
        if (!File.Exists(settings.Published))
        {
            report.Note($"Start-up time and size were skipped: there is no {settings.Published} (eng/publish makes it).");
            return;
        }

        Start(settings.Published);
        var (published, shell) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var run = 0; run < Runs; run++)
        {
            shell.Add(Start("/bin/true"));
            published.Add(Start(settings.Published));
        }

        var (started, nothing) = (new Timing(published), new Timing(shell));
        report.Add("podwall --version, start to exit", $"min {RowReport.Milliseconds(started.Min)}, median {RowReport.Milliseconds(started.Median)} of {Runs}",
            $"{RowReport.Milliseconds(nothing.Median)}, /bin/true", "< 50 ms", started.Median.TotalMilliseconds < 50);
        var size = new FileInfo(settings.Published).Length / 1e6;
        report.Add("podwall, size of the program", $"{size:0.0} MB", "", "< 25 MB", size < 25);
    }

    private static TimeSpan Start(string program) => Timing.Of(() =>
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    });
}
