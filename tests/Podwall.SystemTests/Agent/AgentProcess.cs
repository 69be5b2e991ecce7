using System.Diagnostics;

namespace Podwall.SystemTests.Agent;

/// <summary><c>podwall-agent</c> as a process in a node's namespace.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process process;

    private AgentProcess(Process process) => this.process = process;

    public static string[] Command(params string[] arguments) =>
        [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "podwall-agent.dll"), .. arguments];

    public static AgentProcess Run(Host host, params string[] source) =>
        new(host.Start(Command(["run", "--node-name", Host.NodeName, "--pod-interface", $"{Host.Prefix}*", "--resync", "1", .. source])));

    /// <summary>Waits for a line of the log.</summary>
    public async Task SaysAsync(string text, CancellationToken stop)
    {
        List<string> said = [];
        while (await process.StandardError.ReadLineAsync(stop) is { } line)
        {
            said.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"the agent ended without saying '{text}':\n{string.Join('\n', said)}");
    }

    /// <summary>Kills it as nothing kills it more.</summary>
    public void Crash()
    {
        process.Kill();
        process.WaitForExit();
    }

    public async Task<int> StopAsync(CancellationToken stop)
    {
        Sandbox.Command("kill", [$"{process.Id}"]);
        await process.WaitForExitAsync(stop);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
