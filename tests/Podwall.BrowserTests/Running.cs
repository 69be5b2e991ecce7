using System.Diagnostics;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary>A <c>podwall</c> of its own process, until it is disposed.</summary>
internal sealed class Running : IDisposable
{
    private readonly Process process;

    private Running(Process process) => this.process = process;

    /// <summary>Starts it and waits for a line that begins so; gives that line, too.</summary>
    public static async Task<(Running Program, string Line)> StartAsync(string begins, params string[] arguments)
    {
        ProcessStartInfo start = new(Programs.Podwall[0], [.. Programs.Podwall[1..], .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var running = new Running(Process.Start(start)!);
        var errors = running.process.StandardError.ReadToEndAsync();
        while (await running.process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith(begins, StringComparison.Ordinal))
                return (running, line);
        throw new InvalidOperationException($"podwall {string.Join(' ', arguments)}: {await errors}");
    }

    public void Stop()
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        Stop();
        process.Dispose();
    }
}
