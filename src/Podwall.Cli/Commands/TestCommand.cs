using System.CommandLine;
using Podwall.Cli.Lab;
using Podwall.Cli.Output;
using Podwall.Cli.Testing;
using Podwall.Cli.Testing.Live;
using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall test</c>: what must hold, decided over every flow that it is about.</summary>
internal static class TestCommand
{
    public static Command Build(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files of kind Expectations, or folders with scenarios", Arity = ArgumentArity.OneOrMore };
        var input = new Input();
        var lab = new Option<bool>("--lab") { Description = "Run the tests with real packets in a lab on this machine instead of deciding them" };
        var live = new Option<bool>("--live") { Description = "Try the assertions with connections in the live cluster, too: from its own pods, with what their containers have (kubectl exec); no object is created or changed" };
        var most = new Option<int>("--connections") { Description = "With --live: how many connections an assertion may take", DefaultValueFactory = _ => 20, HelpName = "NUMBER" };
        var watch = Watching.Option();
        var strict = new Option<bool>("--strict") { Description = "A test that would hold without any policy fails, too, and with --live one that could not be tried" };
        var all = new Option<bool>("--all") { Description = "List the tests that hold, too" };
        var output = new Option<string>("--output", "-o") { Description = "How to write the answer: text, json, yaml, junit, markdown", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        output.AcceptOnlyFromAmong("text", "json", "yaml", "junit", "markdown");
        var command = new Command("test", "Do the expectations of your test files hold, for every flow that they are about?") { paths, lab, live, most, watch, strict, all, output };
        input.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(lab) && result.GetValue(output) is ("yaml" or "markdown"))
                result.AddError("--lab writes text, json or junit.");
            if (result.GetValue(lab) && (result.GetResult("--context") is not null || result.GetResult("--kubeconfig") is not null))
                result.AddError("--lab makes its cluster from manifests; name them with -f.");
            if (result.GetValue(live) && result.GetResult("--filename") is { Tokens: not [] })
                result.AddError("--live tries connections in the live cluster, which manifests cannot be; leave out -f.");
            if (result.GetValue(live) && result.GetValue(lab))
                result.AddError("--lab and --live are two places to send packets; give one of them.");
            if (!result.GetValue(live) && result.GetResult(most) is { Implicit: false })
                result.AddError("--connections says how much --live tries; add --live.");
            if (result.GetResult(most) is { Implicit: false } && result.GetValue(most) < 1)
                result.AddError("--connections is a number of 1 or more.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var source = parsed.GetValue(lab) ? terminal.Labs() : null;
            Request request = new(parsed, parsed.GetValue(paths)!, input, source, parsed.GetValue(live) ? parsed.GetValue(most) : null, parsed.GetValue(output)!, parsed.GetValue(strict), parsed.GetValue(all));
            return await Watching.RunAsync(parsed.GetValue(watch), request.Paths.Concat(input.Paths(parsed)), terminal, () => RunAsync(request, terminal, cancellation), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(Request request, Terminal terminal, CancellationToken cancellation)
    {
        var (files, folders) = (request.Paths.Where(p => terminal.Files.IsFile(p)).ToArray(), request.Paths.Where(p => !terminal.Files.IsFile(p)).ToArray());
        var readings = files.Select(f => ExpectationsReader.Read(new(f, () => terminal.Files.OpenRead(f)))).ToArray();
        var scenarios = new ScenarioReader(terminal.Files, []).Read(folders);
        List<Diagnostic> faults = [.. readings.SelectMany(r => r.Diagnostics), .. scenarios.Diagnostics];
        faults.AddRange(readings.SelectMany(r => r.Files).Where(f => f.AsGiven is null).Select(f => new Diagnostic(Severity.Error, DiagnosticCodes.InvalidExpectations, "the file has steps, which belong to the folder of a scenario")
        { Position = f.Position, Field = "steps", Fix = "Name the scenario's folder instead, or write expect: at the top of the file, for the cluster that -f names." }));
        var paper = new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);
        if (faults.Any(f => f.Severity == Severity.Error))
            return Refuse(paper, faults);
        if (request.Lab is not null && files.Length > 0 && !request.Input.Paths(request.Parsed).Any())
            return CheckCommand.Complain(terminal, "--lab makes its cluster from manifests; name them with -f.");
        if (request.Live is not null && folders is [var folder, ..])
            return CheckCommand.Complain(terminal, $"--live takes files of assertions about the cluster as it is; {folder} is a folder of scenarios, which bring clusters of their own: podwall lab run {folder}");
        Cluster? cluster = null;
        if (files.Length > 0)
        {
            if (await request.Input.ReadAsync(request.Parsed, terminal, cancellation) is not { } read)
                return ExitCode.BadInput;
            cluster = read;
            ExpectationCheck check = new(cluster.Compiled.Snapshot);
            faults.AddRange(readings.SelectMany(r => r.Files).SelectMany(f => check.FaultsOf(f.AsGiven)));
            if (faults.Count > 0)
                return Refuse(paper, faults);
        }

        var expected = readings.SelectMany(r => r.Files).ToArray();
        if (request.Lab is { } lab)
            return await LabRunCommand.ReportAsync([.. expected.Select(f => AsScenario(f, request.Input.Sources(request.Parsed, terminal))), .. scenarios.Scenarios], lab, new(), request.Format, terminal, cancellation);
        return await DecideAsync(request, expected, scenarios.Scenarios, cluster, terminal, cancellation);
    }

    private static async Task<int> DecideAsync(Request request, ExpectationFile[] files, ValueList<Scenario> scenarios, Cluster? cluster, Terminal terminal, CancellationToken cancellation)
    {
        var since = terminal.Time.GetTimestamp();
        TestRun run = new(terminal.Time);
        TestReport report;
        using (var progress = Output.Progress.Start(terminal, "testing"))
        {
            foreach (var file in files)
                run.Run(file, cluster!.Compiled);
            foreach (var scenario in scenarios)
                run.Run(scenario);
            report = run.Report(cluster?.Manifests.Sources ?? new SourceMap(), since);
            if (request.Live is { } most)
                report = report with { Cases = await TryAsync(report, files, cluster!, most, request, progress, terminal, cancellation), Took = terminal.Time.GetElapsedTime(since) };
        }

        switch (request.Format)
        {
            case "text":
                new TestText(new Paper(terminal.Out, terminal.IsColourful), request.ListsAll).Write(report);
                break;
            case "junit":
                TestJunit.Write(terminal, report);
                break;
            case "markdown":
                TestMarkdown.Write(terminal.Out, report);
                break;
            case var format:
                TestJson.Write(terminal, OutputOption.Parse(format), report);
                break;
        }

        return report.Failed > 0 || (request.IsStrict && (report.Vacuous.Any() || report.Untried.Any())) ? ExitCode.Denied : ExitCode.Ok;
    }

    private static async Task<ValueList<TestCase>> TryAsync(TestReport report, ExpectationFile[] files, Cluster cluster, int most, Request request, Output.Progress progress, Terminal terminal, CancellationToken cancellation)
    {
        using var client = request.Input.Connect(request.Parsed, terminal);
        ClusterProber prober = new(new(client), new(cluster.Compiled.Snapshot, []));
        progress.Report("trying connections:");
        return await new LiveTrials(prober, most).TryAsync(report.Cases, files, cluster.Compiled, progress, cancellation);
    }

    // The cluster as it is given is a scenario of one step that applies nothing more.
    private static Scenario AsScenario(ExpectationFile file, IReadOnlyList<ManifestSource> cluster) =>
        new(file.Position.File, file.Title, cluster.ToValueList(), [new("as given", [], [], file.AsGiven)], []);

    private static int Refuse(Paper paper, IEnumerable<Diagnostic> faults)
    {
        DiagnosticText.Write(paper, faults);
        return ExitCode.BadInput;
    }

    private sealed record Request(ParseResult Parsed, string[] Paths, Input Input, LabSource? Lab, int? Live, string Format, bool IsStrict, bool ListsAll);
}
