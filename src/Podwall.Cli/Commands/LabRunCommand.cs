using System.CommandLine;
using Podwall.Cli.Lab;
using Podwall.Cli.Output;
using Podwall.Kubernetes.Access;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab run</c>: scenarios in a lab, before and after each step, beside what is expected and what the engine says.</summary>
internal static class LabRunCommand
{
    public static Command Build(Terminal terminal)
    {
        var folders = new Argument<string[]>("FOLDER") { Description = "A folder of scenarios, one scenario, or a file of policies", Arity = ArgumentArity.OneOrMore };
        var options = new LabOptions();
        var watch = Watching.Option();
        var name = new Option<string?>("--name") { Description = "Run in this lab, which is up: it becomes what the scenarios say, and what it held goes", HelpName = "NAME" };
        var output = OutputOption.Of("text", "json", "junit");
        var command = new Command("run", "Brings a lab up, applies each step of a scenario, and probes who reaches whom before and after") { folders, options.Simulate, name, watch, output };
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is not null && options.IsAny(result))
                result.AddError("--nodes, --ipv6, --dual-stack and --simulate say what kind of lab to make; the lab of --name is there already.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            LabRecord? there = null;
            if (parsed.GetValue(name) is { } named && (there = LabName.Running(named, out var missing)) is null)
                return LabStatusCommand.Missing(terminal, missing);
            Request request = new(parsed.GetValue(folders)!, options.Files(parsed), there is not null ? LabSource.Of(there) : options.Source(parsed, terminal), options.Size(parsed), parsed.GetValue(output)!);
            return await Watching.RunAsync(parsed.GetValue(watch), request.Paths.Concat(request.Cluster), terminal, () => RunAsync(request, terminal, cancellation), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(Request request, Terminal terminal, CancellationToken cancellation)
    {
        var reading = new ScenarioReader(terminal.Files, request.Cluster).Read(request.Paths);
        DiagnosticText.Write(new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress), reading.Diagnostics);
        if (reading.HasErrors)
            return ExitCode.BadInput;
        return await ReportAsync(reading.Scenarios, request.Source, request.Size, request.Format, terminal, cancellation);
    }

    /// <summary>Runs scenarios and says what became of them.</summary>
    public static async Task<int> ReportAsync(ValueList<Scenario> scenarios, LabSource source, LabSize size, string format, Terminal terminal, CancellationToken cancellation)
    {
        var paper = new Paper(terminal.Out, terminal.IsColourful);
        if (format == "text" && source.WhySimulated is { } why)
            LabText.WriteSimulated(paper, why);
        List<ScenarioReport> reports = [];
        var text = new ScenarioText(paper, Math.Min(terminal.Width, 80));
        using (var progress = Output.Progress.Start(terminal, "running"))
            try
            {
                progress.Report("the lab comes up");
                await using var lab = await source.StartAsync(size, cancellation);
                ScenarioRun run = new(lab, progress);
                foreach (var scenario in scenarios.AsEnumerable())
                    reports.Add(await run.RunAsync(scenario, cancellation));
            }
            catch (Exception failed) when (failed is LabException or AccessException)
            {
                return CheckCommand.Complain(terminal, failed.Message);
            }

        switch (format)
        {
            case "text":
                reports.ForEach(text.Write);
                text.Summary(reports);
                break;
            case "junit":
                LabJunit.Write(terminal, reports, source.WhySimulated);
                break;
            default:
                LabJson.Write(terminal, reports, source.WhySimulated);
                break;
        }

        return reports.All(r => r.IsAsExpected) ? ExitCode.Ok : ExitCode.Denied;
    }

    private sealed record Request(string[] Paths, IReadOnlyList<string> Cluster, LabSource Source, LabSize Size, string Format);
}
