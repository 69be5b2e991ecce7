using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Cli.Querying;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Querying;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall query</c>: who reaches these, whom do those reach, what falls with a pod, what crosses teams or leaves the cluster.</summary>
internal static class QueryCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var from = new Option<string?>("--from") { Description = "Only from these: ns/pod, ns/*, */[app=web], [team=a]/*, an address, a block, outside, or not and one of them", HelpName = "END" };
        var to = new Option<string?>("--to") { Description = "Only to these: the same", HelpName = "END" };
        var port = new Option<string?>("--port") { Description = "Only on this: 5432/tcp, 8000-8080/tcp, any/udp, icmp", HelpName = "PORT" };
        var across = new Option<string?>("--across") { Description = "Only between different namespaces (namespace), or different values of a label of pod or namespace", HelpName = "LABEL" };
        var transitive = new Option<bool>("--transitive") { Description = "From pod to pod: all that falls with --from, or all from where --to can be reached" };
        var why = new Option<bool>("--why") { Description = "Name the rules that let it through" };
        var output = OutputOption.Of("text", "json", "yaml");
        var command = new Command("query", "Who reaches these, whom do those reach, what crosses teams, what leaves the cluster") { from, to, port, across, transitive, why, output };
        input.AddTo(command);
        command.Validators.Add(result =>
        {
            var (isFrom, isTo) = (result.GetResult(from) is not null, result.GetResult(to) is not null);
            if (!isFrom && !isTo && result.GetResult(port) is null && result.GetResult(across) is null)
                result.AddError("ask for something: --from, --to, --port or --across.");
            if (result.GetValue(transitive) && isFrom == isTo)
                result.AddError("--transitive goes on from --from, or back from --to; give one of them.");
            if (result.GetValue(transitive) && result.GetResult(across) is not null)
                result.AddError("--across is about single connections; leave out --transitive.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            List<string> problems = [];
            var source = End(parsed.GetValue(from), "--from", problems);
            var target = End(parsed.GetValue(to), "--to", problems);
            var wanted = parsed.GetValue(port) is { } text ? ExpectedPort.TryParse(text) : ExpectedPort.Any;
            if (wanted is null)
                problems.Add($"--port: '{parsed.GetValue(port)}' is no port; write 5432/tcp, 8000-8080/tcp, any/udp, icmp or any.");
            if (problems.Count > 0)
                return CheckCommand.Complain(terminal, [.. problems]);
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            var snapshot = cluster.Compiled.Snapshot;
            foreach (var (end, option) in ((FlowEnd?, string)[])[(source, "--from"), (target, "--to")])
                foreach (var missing in end is null ? [] : FlowEnds.WithoutPods(snapshot, end))
                    problems.Add($"{option}: no pod is {missing}.{(missing is FlowEnd.OnePod(var id) && id.Name.Contains(':', StringComparison.Ordinal) ? " Give the port with --port." : Nearest.To($"{missing}", snapshot.Pods.Select(p => $"{p.Workload}")) is { } near ? $" Did you mean {near}?" : "")}");
            if (parsed.GetValue(across) is { } label and not "namespace" && !FlowEnds.HasLabel(snapshot, label, out var fix))
                problems.Add($"--across: no pod has the label '{label}', and no namespace of one. {fix}");
            if (problems.Count > 0)
                return CheckCommand.Complain(terminal, [.. problems]);
            using var progress = Progress.Start(terminal, "asking");
            var report = Ask(cluster, source, target, wanted!.Value, parsed.GetValue(across), parsed.GetValue(transitive), parsed.GetValue(why));
            if (parsed.GetValue(output) == "text")
                new QueryText(new Paper(terminal.Out, terminal.IsColourful), report).Write();
            else
                QueryJson.Write(terminal, OutputOption.Parse(parsed.GetValue(output)!), report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static QueryReport Ask(Cluster cluster, FlowEnd? from, FlowEnd? to, ExpectedPort port, string? across, bool isTransitive, bool showsWhy)
    {
        var snapshot = cluster.Compiled.Snapshot;
        ReachQuery query = new(cluster.Compiled);
        var (sources, targets) = (Of(from), Of(to));
        var on = port.IsAny ? "" : $" on {port}";
        if (isTransitive && from is not null)
        {
            var hops = query.Onward(sources, port.Traffic);
            EndSet fallen = new([.. sources.Pods, .. hops.SelectMany(h => h.Pods)], AddressSet.Empty);
            return new($"what falls with {from}{on}", cluster, query, query.Paths(fallen, new([], AddressSet.Everything), port.Traffic), hops, showsWhy);
        }

        if (isTransitive)
        {
            var hops = query.Backward(targets, port.Traffic);
            EndSet stages = new([.. targets.Pods, .. hops.SelectMany(h => h.Pods)], AddressSet.Empty);
            return new($"from where {to} can be reached{on}", cluster, query, query.Paths(new([], AddressSet.Everything), stages, port.Traffic), hops, showsWhy);
        }

        var between = across is null ? "" : across == "namespace" ? ", between namespaces" : $", between different {across}";
        return new($"{(from is null ? "who" : $"{from}")} reaches {(to is null ? "whom" : $"{to}")}{on}{between}", cluster, query, query.Paths(sources, targets, port.Traffic, across is null ? null : Tenant), null, showsWhy);

        EndSet Of(FlowEnd? end) => end is null ? EndSet.None.Complement(snapshot) : FlowEnds.Of(snapshot, end);

        string Tenant(Pod pod) => across == "namespace" ? pod.Namespace : snapshot.LabelOf(pod, across!) ?? "";
    }

    private static FlowEnd? End(string? text, string option, List<string> problems)
    {
        if (text is null)
            return null;
        var end = FlowEnd.TryParse(text);
        if (end is null)
            problems.Add($"{option}: '{text}' names no end. {FlowEnd.Forms}");
        return end;
    }
}
