using System.Diagnostics;
using Podwall.Tests;

namespace Podwall.SystemTests.Agent;

/// <summary><c>podwall-agent</c> as a process in a node's namespace.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process process;

    private AgentProcess(Process process) => this.process = process;

    public static string[] Command(params string[] arguments) => [.. Programs.Agent, .. arguments];

    public static AgentProcess Run(Host host, params string[] source) => RunOf(host, [], source);

    /// <summary>The same with another program than the one that was built with the tests.</summary>
    public static AgentProcess RunOf(Host host, string[] program, params string[] source)
    {
        string[] arguments = ["run", "--node-name", Host.NodeName, "--pod-interface", $"{Host.Prefix}*", "--resync", "1", .. source];
        return new(host.Start(program.Length > 0 ? [.. program, .. arguments] : Command(arguments)));
    }

    /// <summary>As a pod's template has it: nothing but variables.</summary>
    public static AgentProcess RunWith(Host host, params (string Name, string Value)[] variables) =>
        new(host.Start(["env", .. variables.Select(v => $"{v.Name}={v.Value}"), .. Command("run")]));

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
