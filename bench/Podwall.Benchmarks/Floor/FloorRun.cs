using System.Diagnostics;
using System.Globalization;

namespace Podwall.Benchmarks.Floor;

/// <summary>What one run of the floor came to: CPU time, and the allowed pairs of each port class.</summary>
public sealed record FloorRun(TimeSpan Cpu, long[] Pairs)
{
    /// <summary>Runs the program a few times in one process and takes the middle one.</summary>
    public static FloorRun Of(string program, string workload, int runs)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [workload, $"{runs}"]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).ToLookup(l => l[0], l => l[1]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"the floor failed with {process.ExitCode}");
        var times = lines["ms"].Select(ms => double.Parse(ms, CultureInfo.InvariantCulture)).Order().ToArray();
        return new(TimeSpan.FromMilliseconds(times[times.Length / 2]), [.. lines["pairs"].Select(p => long.Parse(p, CultureInfo.InvariantCulture))]);
    }
}
