using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Podwall.Cli.Ui;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall ui</c>: the explorer in a browser, for a live cluster or manifests; and the guide.</summary>
internal static class UiCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; any that is free if not given", HelpName = "PORT" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue)
                result.AddError("--port must be from 0 to 65535.");
        });
        var apply = new Option<bool>("--allow-apply") { Description = "Let the page apply NetworkPolicies to the live cluster; without it, it may only look" };
        var site = SiteOption();
        var command = new Command("ui", "The board, questions and proposals in a browser, live; and the guide") { port, apply, site };
        input.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (SiteFiles.Find(parsed.GetValue(site)) is not { } files)
                return NoPages(terminal, parsed.GetValue(site));
            if (await input.OpenAsync(parsed, terminal, cancellation) is not { } opened)
                return ExitCode.BadInput;
            using var shown = opened;
            if (parsed.GetValue(apply) && shown.Client is null)
                return CheckCommand.Complain(terminal, "--allow-apply is for a live cluster; with -f there is nothing to apply to.");
            return await ServeAsync(files, shown, parsed.GetValue(port), parsed.GetValue(apply), lab: null, terminal, cancellation);
        });
        return command;
    }

    public static Option<string?> SiteOption() => new("--site") { Description = "The directory with the pages, if they do not lie beside podwall", HelpName = "DIR" };

    public static int NoPages(Terminal terminal, string? site) =>
        CheckCommand.Complain(terminal, site is not null ? $"there are no pages in {site}." : "the pages are not there; eng/site makes them in a checkout, or name their directory with --site.");

    /// <summary>Serves until it is interrupted.</summary>
    /// <param name="files">The pages.</param>
    /// <param name="shown">The cluster that they show.</param>
    /// <param name="port">On 127.0.0.1; 0 for any that is free.</param>
    /// <param name="mayApply">Whether pages may change the cluster's policies.</param>
    /// <param name="lab">The lab, which is up, in which the guide's scenarios run; null for a lab of each run's own.</param>
    /// <param name="terminal">Told where to look.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<int> ServeAsync(SiteFiles files, UiCluster shown, int port, bool mayApply, string? lab, Terminal terminal, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            await using var server = await UiServer.StartAsync(port, files, shown, mayApply, lab, stop.Token);
            await terminal.Out.WriteLineAsync($"{shown.Source}: open this in a browser, and end with Ctrl-C");
            await terminal.Out.WriteLineAsync($"{server.Address}");
            await terminal.Out.FlushAsync(stop.Token);
            try
            {
                await Task.WhenAll(shown.FollowAsync(stop.Token), Task.Delay(Timeout.Infinite, stop.Token));
            }
            catch (OperationCanceledException)
            {
                // The user has seen enough.
            }

            return ExitCode.Ok;
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            return CheckCommand.Complain(terminal, $"cannot serve: {taken.Message.TrimEnd('.')}. Choose another --port.");
        }
    }
}
