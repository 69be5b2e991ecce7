using System.Diagnostics;

namespace Podwall.Benchmarks.Measuring;

/// <summary>Rows that load a kernel run again in a network namespace of their own.</summary>
internal static class Namespaces
{
    private const string Variable = "PODWALL_BENCH_NAMESPACE";

    /// <summary>Runs one row inside; null where this is inside already.</summary>
    public static int? Enter(string row, IEnumerable<string> options)
    {
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            return null;
        // Root keeps the right to a large socket buffer; an ordinary user has it nowhere.
        var kind = Environment.UserName == "root" ? "-nm" : "-Urnm";
        ProcessStartInfo start = new("unshare", [kind, "--propagation", "private", Environment.ProcessPath!, row, .. options]);
        start.Environment[Variable] = "1";
        using var inside = Process.Start(start)!;
        inside.WaitForExit();
        return inside.ExitCode;
    }
}
