using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>Where labs come from: the one place that chooses between packets and their simulation.</summary>
/// <param name="StartAsync">Brings a lab up.</param>
/// <param name="WhySimulated">Why no packets will be seen, and the way out; null where they will.</param>
/// <param name="ElsewhereAsync">Runs this command line again where a lab can be made; null where that is here.</param>
public sealed record LabSource(Func<LabSize, CancellationToken, Task<ILab>> StartAsync, string? WhySimulated, Func<Task<int>>? ElsewhereAsync = null)
{
    /// <summary>The first word of a command line that is the agent's.</summary>
    public const string AgentWord = "lab-agent";

    /// <summary>This program's own command line, without its arguments.</summary>
    public static IReadOnlyList<string> Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]] : [Environment.ProcessPath!];

    /// <summary>Packets, inside the namespaces that a lab needs; elsewhere their simulation, and why.</summary>
    public static LabSource OfProcess() => LabNamespaces.IsInside || LabNamespaces.Obstacle() is not { } obstacle
        ? new(async (size, cancellation) => await PacketLab.StartAsync(size, [.. Self, AgentWord], cancellation), null,
            LabNamespaces.IsInside ? null : () => LabNamespaces.RunAsync([.. Self, .. Environment.GetCommandLineArgs().Skip(1)]))
        : Simulated(obstacle);

    public static LabSource Simulated(string why) => new((size, _) => Task.FromResult<ILab>(new SimulatedLab(size)), why);
}
