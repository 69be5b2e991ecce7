using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Podwall.Benchmarks.Measuring;

/// <summary>Where and on what a row was measured.</summary>
public static class Machine
{
    public static string Cpu => Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    public static string Kernel => $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";

    public static string Runtime => $"{RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC, {GCSettings.LatencyMode}";

    /// <summary>The commit, with a mark where the tree holds more than it.</summary>
    public static string Commit => Git("rev-parse --short HEAD") + (Git("status --porcelain -- src bench ':!bench/results'").Length > 0 ? " with uncommitted changes" : "");

    /// <summary>The most memory that this process has held so far, in MB.</summary>
    public static double PeakMegabytes => int.Parse(Field("/proc/self/status", "VmHWM")!.Split(' ')[0], CultureInfo.InvariantCulture) / 1024.0;

    public static double LoadAverage => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string? Field(string file, string name) => File.ReadLines(file)
        .Where(l => l.StartsWith(name, StringComparison.Ordinal)).Select(l => l[(l.IndexOf(':') + 1)..].Trim()).FirstOrDefault();

    private static string Git(string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments.Replace("'", "")) { RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}
