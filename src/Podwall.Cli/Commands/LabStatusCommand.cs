using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Podwall.Cli.Lab;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Hosting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab status</c>, <c>shell</c> and <c>logs</c>: what one does with a lab that is up.</summary>
internal static class LabStatusCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("status", "The labs of this user: whether they run, and how their pods are");
        command.SetAction(async (_, cancellation) =>
        {
            var names = LabRecord.Names.ToList();
            if (names.Count == 0)
                await terminal.Out.WriteLineAsync("no lab is up; 'podwall lab up' brings one up");
            var isWell = names.Count > 0;
            foreach (var name in names)
                isWell &= await WriteAsync(name, terminal, cancellation);
            return isWell ? ExitCode.Ok : ExitCode.Unreachable;
        });
        return command;
    }

    public static Command BuildShell(Terminal terminal)
    {
        var name = LabName.Option();
        var command = new Command("shell", "A shell in which kubectl talks to a lab") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (LabName.Running(parsed.GetValue(name)!, out var problem) is not { } lab)
                return Missing(terminal, problem);
            var shell = Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } usual ? usual : "/bin/sh";
            await terminal.Error.WriteLineAsync($"kubectl talks to lab {lab.Name}; 'exit' comes back");
            ProcessStartInfo start = new(shell);
            start.Environment["KUBECONFIG"] = lab.Kubeconfig;
            // What the terminal sends is for the shell.
            using var patient = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, signal => signal.Cancel = true);
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode;
        });
        return command;
    }

    public static Command BuildLogs(Terminal terminal)
    {
        var name = LabName.Option();
        var follow = new Option<bool>("--follow") { Description = "Go on with what is said from now on, until the lab ends or Ctrl-C" };
        var command = new Command("logs", "What the parts of a lab have to say: agents, controllers, pods that cannot be made") { name, follow };
        command.SetAction(async (parsed, cancellation) =>
        {
            var log = Path.Combine(LabRecord.FolderOf(parsed.GetValue(name)!), "log");
            if (!File.Exists(log))
                return Missing(terminal, $"lab {parsed.GetValue(name)} has no log; 'podwall lab status' tells what labs there are.");
            await using FileStream stream = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            try
            {
                await CopyAsync(stream, parsed.GetValue(follow) ? parsed.GetValue(name) : null, terminal.Output, cancellation);
            }
            catch (OperationCanceledException)
            {
                // The user has seen enough.
            }

            return ExitCode.Ok;
        });
        return command;
    }

    // Goes on as long as the lab that is followed lives. The kernel tells what is written; nobody tells that a process was killed.
    private static async Task CopyAsync(FileStream log, string? followed, Stream output, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromSeconds(1);
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(log.Name)!, Path.GetFileName(log.Name));
        using SemaphoreSlim news = new(0);
        watcher.Changed += (_, _) => news.Release();
        watcher.EnableRaisingEvents = true;
        bool isLive;
        do
        {
            // Asked first: what it said last is copied after that.
            isLive = followed is not null && LabName.Running(followed, out _) is not null;
            await log.CopyToAsync(output, cancellation);
            await output.FlushAsync(cancellation);
        }
        while (isLive && await news.WaitAsync(pause, cancellation) is var _);
    }

    public static int Missing(Terminal terminal, string problem)
    {
        CheckCommand.Complain(terminal, problem);
        return ExitCode.Unreachable;
    }

    private static async Task<bool> WriteAsync(string name, Terminal terminal, CancellationToken cancellation)
    {
        if (LabName.Running(name, out var problem) is not { } lab)
        {
            await terminal.Out.WriteLineAsync(problem);
            return false;
        }

        await terminal.Out.WriteLineAsync($"lab {name}: {LabText.Of(lab.Size)}, up since {lab.Since.ToLocalTime():yyyy-MM-dd HH:mm}");
        await terminal.Out.WriteLineAsync($"  export KUBECONFIG={lab.Kubeconfig}");
        try
        {
            using ApiClient client = new(Kubeconfig.Load(terminal.Surroundings, lab.Kubeconfig));
            var nodes = await ConditionsAsync(client, ResourceType.Nodes, cancellation);
            var pods = await ConditionsAsync(client, ResourceType.Pods, cancellation);
            await terminal.Out.WriteLineAsync($"  nodes: {nodes.Ready} of {nodes.All} ready; pods: {pods.Ready} of {pods.All} ready");
            return true;
        }
        catch (Exception unreachable) when (unreachable is ApiException or AccessException)
        {
            await terminal.Out.WriteLineAsync($"  its API does not answer: {unreachable.Message}");
            return false;
        }
    }

    // Pods that have done their work are not asked for more.
    private static async Task<(int Ready, int All)> ConditionsAsync(ApiClient client, ResourceType type, CancellationToken cancellation)
    {
        await using var body = await client.OpenAsync(type.Path(), cancellation: cancellation);
        var items = ((await JsonNode.ParseAsync(body.Stream, cancellationToken: cancellation))?["items"] as JsonArray ?? []).Where(i => (string?)i?["status"]?["phase"] != "Succeeded").ToList();
        return (items.Count(i => (i?["status"]?["conditions"] as JsonArray ?? []).Any(c => (string?)c?["type"] == "Ready" && (string?)c?["status"] == "True")), items.Count);
    }
}
