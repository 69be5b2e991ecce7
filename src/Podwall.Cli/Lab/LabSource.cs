using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>Where labs come from: the one place that chooses between packets and their simulation.</summary>
/// <param name="StartAsync">Brings a lab up.</param>
/// <param name="WhySimulated">Why no packets will be seen, and the way out; null where they will.</param>
public sealed record LabSource(Func<LabSize, CancellationToken, Task<ILab>> StartAsync, string? WhySimulated)
{
    /// <summary>The first word of a command line that is the agent's.</summary>
    public const string AgentWord = "lab-agent";

    /// <summary>This program's own command line, without its arguments.</summary>
    public static IReadOnlyList<string> Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]] : [Environment.ProcessPath!];

    /// <summary>The command line of a lab's first process, to which the lab's name is added.</summary>
    public static IReadOnlyList<string> Host { get; } = [.. Self, LabHosting.Word];

    /// <summary>Packets, where this machine has room for a lab; elsewhere their simulation, and why.</summary>
    public static LabSource OfProcess() => LabNamespaces.Obstacle() is { } obstacle ? Simulated(obstacle) : new(
        async (size, cancellation) => await LiveLab.StartAsync(new($"run-{Environment.ProcessId}", size.Nodes, size.Families, [], 0), Host, cancellation), null);

    /// <summary>One that is up and stays so, whatever size is asked for.</summary>
    public static LabSource Of(LabRecord lab) => new((_, _) => Task.FromResult<ILab>(LiveLab.Of(lab)), null);

    public static LabSource Simulated(string why) => new((size, _) => Task.FromResult<ILab>(new SimulatedLab(size)), why);
}
