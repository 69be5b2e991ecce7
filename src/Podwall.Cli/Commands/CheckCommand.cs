using System.CommandLine;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall check</c>: one verdict with its reasons, or many of them from a stream.</summary>
internal static class CheckCommand
{
    private const int MostSuggestions = 3;

    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var from = new Option<string>("--from") { Description = "Who opens the connection: ns/pod, ns/workload, ns/kind/name, a Service (its pods), node/name, or an IP address", HelpName = "END" };
        var to = new Option<string>("--to") { Description = "Where it goes: the same, with a port: apps/db:5432, apps/dns:53/udp, apps/web:http, apps/db:icmp; without one, all that is allowed is shown", HelpName = "END[:PORT]" };
        var flows = new Option<string>("--flows") { Description = "Answer every line of a JSONL file (- is standard input) instead; needs -o jsonl", HelpName = "FILE" };
        var output = OutputOption.Of("text", "json", "yaml", "jsonl");
        var command = new Command("check", "May one end reach another, and why (or why not)?") { from, to, flows, output };
        input.AddTo(command);
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var format = OutputOption.Parse(parsed.GetValue(output)!);
            var file = parsed.GetValue(flows);
            if ((file is null) == (parsed.GetValue(from) is null || parsed.GetValue(to) is null))
                return Complain(terminal, "give either --from and --to, or --flows FILE.");
            if (file is not null && format != OutputFormat.Jsonl)
                return Complain(terminal, "--flows writes one JSON object a line; add -o jsonl.");
            if (file == "-" && input.Names(parsed, "-"))
                return Complain(terminal, "standard input can hold the manifests or the flows, not both; put one of them into a file.");
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            return file is not null
                ? FlowStream.Run(cluster, file, terminal)
                : Ask(cluster, parsed.GetValue(from)!, parsed.GetValue(to)!, format, terminal);
        }
    }

    private static int Ask(Cluster cluster, string from, string to, OutputFormat format, Terminal terminal)
    {
        var questions = new Questions(cluster.Manifests, cluster.Compiled, cluster.DefaultNamespace);
        List<string> problems = [];
        if (questions.Ends(from, to, problems) is not var (sources, targets, port, throughService))
            return Complain(terminal, [.. problems]);
        var through = throughService ? targets.Service : null;
        var notes = Notes(targets, port, through);
        if (port is null)
            return Traffic(cluster, sources, targets, notes, format, terminal);
        List<Flow> flows = [];
        foreach (var target in targets.Ends)
        {
            if (questions.Resolve(target, through, port, out var resolved) is { } problem)
                problems.Add($"--to: {problem}");
            else
                flows.AddRange(sources.Ends.Select(s => new Flow(s, target, resolved.Protocol, resolved.Port)));
        }

        // A pod without the port that a Service sends to is no endpoint of it; the others answer.
        if (flows.Count == 0 && problems.Count > 0)
            return Complain(terminal, [.. problems.Distinct()]);
        notes = [.. notes, .. problems.Distinct().Select(p => p["--to: ".Length..])];
        var report = new CheckReport(sources.Name, targets.Name, to[(to.LastIndexOf(':') + 1)..], Answers(cluster.Compiled, flows), notes);
        if (format == OutputFormat.Text)
            new CheckText(new Paper(terminal.Out, terminal.IsColourful), cluster).Write(report);
        else
            CheckJson.Write(terminal, format, report, cluster);
        return report.Verdict == Verdict.Allow ? ExitCode.Ok : ExitCode.Denied;
    }

    /// <summary>Flows that came to the same decision are one answer, so that a workload of many pods reads as one.</summary>
    private static ValueList<Answered> Answers(Compiled compiled, List<Flow> flows) => flows
        .Where(f => flows.Count == 1 || f.From.Pod is null or { StandsForReplicas: true } || !ReferenceEquals(f.From.Pod, f.To.Pod))
        .GroupBy(f => (compiled.Decide(f), f.Port))
        .Select(g => (Explanation: compiled.Explain(g.First()), Alike: g.Count() - 1))
        .Select(a => new Answered(a.Explanation, a.Alike, Suggestions.For(compiled, a.Explanation, MostSuggestions)))
        .OrderBy(a => a.Explanation.Verdict)
        .ToValueList();

    private static int Traffic(Cluster cluster, NamedEnds sources, NamedEnds targets, ValueList<string> notes, OutputFormat format, Terminal terminal)
    {
        var answers = sources.Ends.SelectMany(s => targets.Ends.Select(t => new Flow(s, t, Protocol.Tcp, 0)))
            .GroupBy(f => (V4: cluster.Compiled.TrafficBetween(f.From, f.To, IpFamilies.V4), V6: cluster.Compiled.TrafficBetween(f.From, f.To, IpFamilies.V6)))
            .Select(g => new AllowedTraffic(g.First(), g.Key.V4.Union(g.Key.V6), g.Key.V4, g.Key.V6, g.Count() - 1)).ToValueList();
        var report = new TrafficReport(sources.Name, targets.Name, answers, notes);
        if (format == OutputFormat.Text)
            new CheckText(new Paper(terminal.Out, terminal.IsColourful), cluster).Write(report);
        else
            CheckJson.Write(terminal, format, report);
        return answers.All(a => a.Traffic.IsNone) ? ExitCode.Denied : ExitCode.Ok;
    }

    private static ValueList<string> Notes(NamedEnds targets, PortText? port, Service? through)
    {
        if (targets.Service is not { } service || port is null or { Name: not null } or { Protocol: Protocol.Icmp })
            return [];
        if (through is not null)
            return [$"Service {service} is a name for its pods: policies judge the packet after its translation, at the pods' own port"];
        var elsewhere = targets.Ends.Where(e => Questions.ResolveService(service, e, port, out var behind) is null && behind.Port != port.Number);
        return elsewhere.Any()
            ? [$"{service} is also a Service, which sends port {port.Number} to another port of its pods; write {service.Namespace}/service/{service.Name}:{port.Number} to ask through it"]
            : [];
    }

    internal static int Complain(Terminal terminal, params string[] problems)
    {
        var paper = new Paper(terminal.Error, colourful: false);
        foreach (var problem in problems)
            paper.Line($"podwall: {problem}");
        return ExitCode.BadInput;
    }
}
