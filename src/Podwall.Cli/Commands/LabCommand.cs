using System.CommandLine;
using System.Runtime.InteropServices;
using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab</c>: clusters on this machine.</summary>
internal static class LabCommand
{
    public static Command Build(Terminal terminal) => new("lab", "Clusters on this machine, to learn and to measure with")
    {
        LabRunCommand.Build(terminal),
        LabUpCommand.Build(terminal),
        LabStatusCommand.Build(terminal),
        LabStatusCommand.BuildShell(terminal),
        LabStatusCommand.BuildLogs(terminal),
        LabFromCommand.Build(terminal),
        LabUpCommand.BuildDown(terminal),
        BuildApi(terminal),
        LabSimulateCommand.Build(terminal),
    };

    private static Command BuildApi(Terminal terminal)
    {
        var serving = new Serving();
        var command = new Command("api", "An API server that holds what kubectl gives it: no nodes, no processes");
        serving.AddTo(command);
        command.SetAction((parsed, cancellation) => serving.RunAsync(parsed, terminal, _ => Serving.Idle, cancellation));
        return command;
    }
}

/// <summary>The options of a command that serves an API until it is interrupted.</summary>
internal sealed class Serving
{
    private readonly Option<int> port = new("--port") { Description = "The port on 127.0.0.1; any that is free if not given", HelpName = "PORT" };

    private readonly Option<string?> socket = new("--socket") { Description = "A Unix socket to listen on as well", HelpName = "PATH" };

    private readonly Option<string> kubeconfig = new("--write-kubeconfig") { Description = "Where to write the kubeconfig (0600) with which kubectl gets in", HelpName = "PATH", Required = true };

    public void AddTo(Command command)
    {
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue)
                result.AddError("--port must be from 0 to 65535.");
        });
        foreach (var option in new Option[] { port, socket, kubeconfig })
            command.Options.Add(option);
    }

    /// <summary>What a server does that changes nothing by itself.</summary>
    public static Task Idle(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    /// <param name="fill">Puts in what the server holds, and gives what goes on while it serves.</param>
    public async Task<int> RunAsync(ParseResult parsed, Terminal terminal, Func<ApiServer, Func<CancellationToken, Task>> fill, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(parsed.GetValue(kubeconfig)!);
        if (File.Exists(path) && !(await File.ReadAllTextAsync(path, cancellation)).Contains("current-context: podwall-lab", StringComparison.Ordinal))
            return CheckCommand.Complain(terminal, $"{path} is a kubeconfig of another cluster and would be lost; name another file with --write-kubeconfig.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            await using var server = await ApiServer.StartAsync(new() { Port = parsed.GetValue(port), UnixSocket = parsed.GetValue(socket), Store = ObjectStore.After(TimeProvider.System), LintsPolicies = true }, stop.Token);
            await server.WriteKubeconfigAsync(path, stop.Token);
            var meanwhile = fill(server);
            await terminal.Out.WriteLineAsync($"serving on {server.Address}");
            await terminal.Out.WriteLineAsync($"export KUBECONFIG={path}");
            await terminal.Out.FlushAsync(stop.Token);
            try
            {
                await meanwhile(stop.Token);
            }
            catch (OperationCanceledException)
            {
                // The user has seen enough.
            }

            return ExitCode.Ok;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            return CheckCommand.Complain(terminal, $"cannot serve: {refused.Message.TrimEnd('.')}. Choose another --port, --socket or --write-kubeconfig.");
        }
    }
}
