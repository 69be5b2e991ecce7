using System.CommandLine;
using Podwall.Cli.Lab;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall probe</c>: connections between pods of a lab, beside what the engine says of them.</summary>
internal static class ProbeCommand
{
    public static Command Build(Terminal terminal)
    {
        var all = new Option<bool>("--all") { Description = "Probe from all pods to all pods, Services and the outside; so it is without --from and --to" };
        var from = new Option<string?>("--from") { Description = "Who connects: a pod (apps/web) or an outside address", HelpName = "END" };
        var to = new Option<string?>("--to") { Description = "Where to: a pod, a Service (svc:apps/web) or an address; apps/db:5432, apps/dns:53/udp, apps/db:icmp; without a port, those that it declares", HelpName = "END[:PORT]" };
        var name = LabName.Option();
        var options = new LabOptions();
        var output = OutputOption.Of("text", "json");
        var command = new Command("probe", "Tries connections in a lab, and shows them beside the engine's verdicts") { all, from, to, name, options.Simulate, output };
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!options.HasFiles(result) && options.IsAny(result))
                result.AddError("--nodes, --ipv6, --dual-stack and --simulate say what kind of lab to make of manifests; name these with -f.");
            if (result.GetValue(all) && (result.GetResult(from) ?? result.GetResult(to)) is not null)
                result.AddError("--all probes everything, --from and --to a part; give one or the other.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            if (Selection(parsed.GetValue(from), parsed.GetValue(to), out var selection) is { } problem)
                return CheckCommand.Complain(terminal, problem);
            var format = OutputOption.Parse(parsed.GetValue(output)!);
            try
            {
                if (options.Files(parsed).Count > 0)
                    return await OfManifestsAsync(options, parsed, selection, format, terminal, cancellation);
                if (LabName.Running(parsed.GetValue(name)!, out var missing) is not { } record)
                    return LabStatusCommand.Missing(terminal, $"{missing} With -f DIR a lab is made of the manifests in DIR, and goes when all is probed.");
                await using var lab = LiveLab.Of(record);
                return await RunAsync(lab, selection, null, format, terminal, cancellation);
            }
            catch (Exception failed) when (failed is LabException or AccessException)
            {
                return CheckCommand.Complain(terminal, $"{failed.Message.TrimEnd('.')}.");
            }
        });
        return command;
    }

    private static async Task<int> OfManifestsAsync(LabOptions options, ParseResult parsed, ProbeSelection selection, OutputFormat format, Terminal terminal, CancellationToken cancellation)
    {
        var objects = options.Manifests(parsed, terminal);
        var manifests = ManifestReader.Read(objects);
        DiagnosticText.Write(new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress), manifests.Diagnostics);
        if (manifests.HasErrors)
            return ExitCode.BadInput;
        var source = options.Source(parsed, terminal);
        await using var lab = await source.StartAsync(options.Size(parsed), cancellation);
        await lab.BecomeAsync(objects, [], cancellation);
        return await RunAsync(lab, selection, source.WhySimulated, format, terminal, cancellation);
    }

    private static async Task<int> RunAsync(ILab lab, ProbeSelection selection, string? whySimulated, OutputFormat format, Terminal terminal, CancellationToken cancellation)
    {
        if (Unknown(await lab.SnapshotAsync(cancellation), selection) is { } unknown)
            return CheckCommand.Complain(terminal, unknown);
        ProbeReport report;
        using (var progress = Output.Progress.Start(terminal, "probing"))
            report = await ProbeRun.RunAsync(lab, selection, progress, cancellation);
        return Write(report, whySimulated, format, terminal);
    }

    private static int Write(ProbeReport report, string? whySimulated, OutputFormat format, Terminal terminal)
    {
        if (format == OutputFormat.Text)
            ProbeText.Write(new Paper(terminal.Out, terminal.IsColourful), Math.Min(terminal.Width, 80), report, whySimulated);
        else
            LabJson.Write(terminal, report, whySimulated);
        return report.Disagreements.Any() ? ExitCode.Denied : ExitCode.Ok;
    }

    private static string? Selection(string? from, string? to, out ProbeSelection selection)
    {
        selection = new(null, null, null);
        ProbeEnd? source = null, target = null;
        if (from is not null && (source = ProbeEnd.TryParse(from)) is null or ProbeEnd.OneService)
            return $"--from: '{from}' opens no connections; write namespace/pod or an IP address.";
        if (to is null)
        {
            selection = new(source, null, null);
            return null;
        }

        // The colon of a Service's prefix is no port's.
        var prefix = to.StartsWith("svc:", StringComparison.Ordinal) ? "svc:" : "";
        if (FlowTarget.TryParse(to[prefix.Length..], out var written) is { } problem)
            return $"--to: {problem}";
        if ((target = ProbeEnd.TryParse(prefix + written.End)) is null)
            return $"--to: '{to}' names no end; write namespace/pod, svc:namespace/service or an IP address.";
        if (written.Port is { Name: { } name })
            return $"--to: write the number of port '{name}': a packet has no names.";
        selection = new(source, target, written.Port is { } port ? new(port.Protocol, (ushort)port.Number) : null);
        return null;
    }

    private static string? Unknown(LabCluster cluster, ProbeSelection selection)
    {
        foreach (var end in new[] { selection.From, selection.To })
            switch (end)
            {
                case ProbeEnd.OnePod(var id) when cluster.Snapshot.Find(id) is null:
                    return $"there is no pod {id}.{(Nearest.To($"{id}", cluster.Snapshot.Pods.Select(p => $"{p.Id}")) is { } near ? $" Did you mean {near}?" : "")}";
                case ProbeEnd.OneService(var ns, var name) when !cluster.Services.Any(s => s.Namespace == ns && s.Name == name):
                    return $"there is no Service {ns}/{name}.{(Nearest.To($"{ns}/{name}", cluster.Services.Select(s => $"{s}")) is { } close ? $" Did you mean svc:{close}?" : "")}";
            }

        return null;
    }
}
