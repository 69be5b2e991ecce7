using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Podwall.Cli.Lab;
using Podwall.Cli.Output;
using Podwall.Cli.Ui;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab up</c> and <c>podwall lab down</c>: a cluster of namespaces that goes on until it is taken down.</summary>
internal static class LabUpCommand
{
    public static Command Build(Terminal terminal)
    {
        var name = LabName.Option();
        var options = new LabOptions();
        var port = new Option<int>("--port") { Description = "The port of the API on 127.0.0.1; any that is free if not given", HelpName = "PORT" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue)
                result.AddError("--port must be from 0 to 65535.");
        });
        var keep = new Option<bool>("--keep") { Description = "Leave what is there, its log above all, if the lab does not come up" };
        var ui = new Option<bool>("--ui") { Description = "Serve the guide and the board of this lab to a browser until Ctrl-C: its scenarios run in this lab, which becomes what they say; the lab stays" };
        var site = UiCommand.SiteOption();
        var command = new Command("up", "Brings up a cluster of namespaces: kubectl, policies in the kernel, real packets") { name, port, keep, ui, site };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (LabNamespaces.Obstacle() is { } obstacle)
                return CheckCommand.Complain(terminal, $"no lab can be made here: {obstacle}.");
            var pages = parsed.GetValue(ui) ? SiteFiles.Find(parsed.GetValue(site)) : null;
            if (parsed.GetValue(ui) && pages is null)
                return UiCommand.NoPages(terminal, parsed.GetValue(site));
            var reading = ManifestReader.Read(options.Manifests(parsed, terminal));
            DiagnosticText.Write(new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress), reading.Diagnostics);
            if (reading.HasErrors)
                return ExitCode.BadInput;
            var size = options.Size(parsed);
            // The lab reads them itself, from another place.
            LabRecord wanted = new(parsed.GetValue(name)!, size.Nodes, size.Families, [.. options.Files(parsed).Select(Path.GetFullPath)], parsed.GetValue(port));
            try
            {
                var started = Stopwatch.GetTimestamp();
                LabRecord lab;
                using (Progress.Start(terminal, "the lab comes up"))
                    lab = await LabLauncher.UpAsync(wanted, LabSource.Host, w => terminal.Error.WriteLine($"podwall: {w}"), cancellation);
                await terminal.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"lab up    {LabText.Of(size)}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
                await terminal.Out.WriteLineAsync($"export KUBECONFIG={lab.Kubeconfig}");
                return pages is null ? ExitCode.Ok : await ServeAsync(lab, pages, terminal, cancellation);
            }
            catch (Exception failed) when (failed is LabException or AccessException or ApiException)
            {
                if (!parsed.GetValue(keep) && LabRecord.Find(wanted.Name) is null or { IsAlive: false })
                    await LabLauncher.DownAsync(wanted.Name);
                return CheckCommand.Complain(terminal, $"{failed.Message.TrimEnd('.')}.");
            }
        });
        return command;
    }

    private static async Task<int> ServeAsync(LabRecord lab, SiteFiles pages, Terminal terminal, CancellationToken cancellation)
    {
        ApiClient client = new(Kubeconfig.Load(terminal.Surroundings, lab.Kubeconfig));
        var manifests = await ClusterReader.ReadAsync(client, cancellation);
        using UiCluster shown = new($"lab {lab.Name}", manifests, Compiled.Compile(manifests.Snapshot), client);
        return await UiCommand.ServeAsync(pages, shown, port: 0, mayApply: true, lab.Name, terminal, cancellation);
    }

    public static Command BuildDown(Terminal terminal)
    {
        var name = LabName.Option();
        var all = new Option<bool>("--all") { Description = "All labs of this user" };
        var command = new Command("down", "Takes a lab down, whatever state it is in: processes, namespaces, files") { name, all };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                var down = 0;
                foreach (var lab in parsed.GetValue(all) ? LabRecord.Names.ToList() : [parsed.GetValue(name)!])
                    if (await LabLauncher.DownAsync(lab))
                    {
                        await terminal.Out.WriteLineAsync($"lab {lab} is down");
                        down++;
                    }

                if (down == 0)
                    await terminal.Out.WriteLineAsync("there is no lab to take down");
                return ExitCode.Ok;
            }
            catch (LabException failed)
            {
                return CheckCommand.Complain(terminal, $"{failed.Message}.");
            }
        });
        return command;
    }
}
