using System.Diagnostics;
using System.Globalization;

namespace Podwall.Benchmarks.Rows;

/// <summary>The published <c>podwall-agent</c>, running in this namespace.</summary>
internal sealed class PublishedAgent : IDisposable
{
    private readonly Process process;
    private readonly Task<string> draining;

    private PublishedAgent(Process process, TimeSpan inForce) => (this.process, InForce, draining) = (process, inForce, process.StandardError.ReadToEndAsync());

    /// <summary>From its start until policies were in force.</summary>
    public TimeSpan InForce { get; }

    /// <summary>What it spent of the processor since it started.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes.</summary>
    public double Resident => 1024.0 * long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>Starts it and waits until policies are in force.</summary>
    /// <param name="published">The published <c>podwall</c>, beside which it lies.</param>
    public static async Task<PublishedAgent> StartAsync(string published, string node, string socket)
    {
        var program = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(published))!, "podwall-agent", "podwall-agent");
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is not there; eng/publish makes it.");
        var starting = Stopwatch.StartNew();
        var agent = Process.Start(new ProcessStartInfo(program, ["run", "--node-name", node, "--pod-interface", "pod*", "--api-socket", socket]) { RedirectStandardError = true })!;
        while (await agent.StandardError.ReadLineAsync() is { } line && !line.Contains("policies are in force", StringComparison.Ordinal))
            if (agent.HasExited)
                throw new InvalidOperationException($"The agent ended: {line}");
        return new(agent, starting.Elapsed);
    }

    /// <summary>Kills it as nothing kills it more.</summary>
    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        draining.Wait();
        process.Dispose();
    }
}
