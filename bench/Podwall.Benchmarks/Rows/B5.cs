using System.Diagnostics;
using System.Globalization;
using Podwall.Benchmarks.Floor;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>Full connectivity, ingress and egress, all ports, against the bit-matrix floor in C (ingress, a few port classes).</summary>
public static class B5
{
    public static void Run(Settings settings, RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads)
            Run(settings, report, Workload.Of(name));
        report.Note("The floor computes ingress for the port classes that the rules name; Podwall both directions and all ports. Time of the floor is CPU time, of Podwall wall time on one thread.");
        report.Note("Peak memory is VmHWM of a process of its own that generates the workload and computes the matrix once; the workload itself is in it.");
    }

    private static void Run(Settings settings, RowReport report, Workload workload)
    {
        var snapshot = workload.Snapshot;
        report.Note($"{workload}");
        var compiled = Compiled.Compile(snapshot);
        var connectivity = Connectivity.Of(compiled);
        report.Note($"{workload.Name}: {connectivity.Classes.Count} classes; " + OracleCheck.Flows(compiled, connectivity, settings.Flows, seed: 3));

        var (target, largest, seconds) = workload.Name switch
        {
            "W" => ("<= 10x", (double?)10, (double?)null),
            "W-L" => ("<= 5 s, <= 1 GB", null, 5),
            _ => ("", null, null),
        };
        var peak = PeakOf(workload.Name);
        var extra = $", peak {peak.Peak:n0} MB ({peak.Before:n0} MB of it before)";
        if (settings.FloorProgram is not { } program)
        {
            report.Add(workload.Name, RowReport.Milliseconds(Timing.Of(() => Matrix.Facts(Whole(snapshot)))) + extra, "no gcc, no floor", target, met: null);
            return;
        }

        var (file, path) = WriteFloor(workload);
        CheckFloor(report, workload, program, file, path);
        Timing.Warm(() => Matrix.Facts(Whole(snapshot)));
        var facts = 0L;
        var taken = Comparison.Of(() => FloorRun.Of(program, path, runs: 3).Cpu, () => Timing.Of(() => facts = Matrix.Facts(Whole(snapshot))), settings.Attempts);
        report.Add(workload.Name, taken, target, largest, settings.IsPreliminary, extra);
        if (seconds is { } s)
            report.Add($"{workload.Name}, absolute", $"{taken.Subject.Median.TotalSeconds:0.00} s, {peak.Peak:n0} MB", "", target, taken.Subject.Median.TotalSeconds <= s && peak.Peak <= 1024);
        var inParallel = new Timing([.. Enumerable.Range(0, Comparison.Repetitions).Select(_ => Timing.Of(() => Check(facts, Matrix.FactsInParallel(Whole(snapshot)))))]);
        report.Add($"{workload.Name}, destinations on {Environment.ProcessorCount} cores", RowReport.Milliseconds(inParallel.Median), $"{RowReport.Milliseconds(taken.Subject.Median)} on one", "", met: null);
        report.Note($"{workload.Name}: {facts:n0} facts (pod, other pod, protocol and port range)");
    }

    /// <summary>What the child process of a peak measurement prints.</summary>
    public static void PrintPeak(string workload)
    {
        var snapshot = Workload.Of(workload).Snapshot;
        var before = Machine.PeakMegabytes;
        Matrix.Facts(Whole(snapshot));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before} {Machine.PeakMegabytes}"));
    }

    private static void Check(long expected, long facts)
    {
        if (facts != expected)
            throw new InvalidOperationException($"one thread counts {expected} facts, several {facts}");
    }

    private static Connectivity Whole(Snapshot snapshot) => Connectivity.Of(Compiled.Compile(snapshot));

    private static (double Before, double Peak) PeakOf(string workload)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--peak", workload]) { RedirectStandardOutput = true })!;
        var numbers = child.StandardOutput.ReadToEnd().Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }

    private static (FloorFile File, string Path) WriteFloor(Workload workload)
    {
        var path = Path.Combine(Path.GetTempPath(), $"podwall-floor-{Environment.ProcessId}-{workload.Name}.txt");
        return (FloorFile.Write(path, workload.Snapshot), path);
    }

    // The floor knows no egress, so it is compared on the same cluster without any.
    private static void CheckFloor(RowReport report, Workload workload, string program, FloorFile file, string path)
    {
        var ingress = new Snapshot(
            workload.Snapshot.Namespaces.Select(n => n.With(policies: n.Policies.Where(p => p.Ingress is not null).Select(p => p with { Egress = null }))),
            workload.Snapshot.Nodes);
        var (floor, engine) = (FloorRun.Of(program, path, runs: 1).Pairs, Matrix.Pairs(Whole(ingress), file.PortClasses));
        if (!floor.SequenceEqual(engine))
            throw new InvalidOperationException($"{workload.Name}: the floor counts [{string.Join(", ", floor)}] pairs, the engine [{string.Join(", ", engine)}]");
        report.Note($"{workload.Name}: floor and engine count the same ingress pairs in {floor.Length} port classes ({floor.Sum():n0})");
    }
}
