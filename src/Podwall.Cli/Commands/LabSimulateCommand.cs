using System.CommandLine;
using System.Globalization;
using Podwall.Lab.Simulation;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab simulate</c>: an API server with a large cluster in it, to measure clients and agents with.</summary>
internal static class LabSimulateCommand
{
    public static Command Build(Terminal terminal)
    {
        var serving = new Serving();
        var workload = new Option<string?>("--workload") { Description = $"One of the standard workloads instead of a size: {string.Join(", ", Workload.Names)}", HelpName = "NAME" };
        workload.AcceptOnlyFromAmong([.. Workload.Names]);
        var pods = Size("--pods", "Pods in all", 1_000);
        var nodes = Size("--nodes", "Nodes on which they run", 10);
        var policies = Size("--policies", "Network policies in all", 200);
        var namespaces = Size("--namespaces", "Namespaces; a twentieth of the pods if not given", 0);
        var seed = new Option<int>("--seed") { Description = "Another number gives another cluster of the same size", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var churn = new Option<string?>("--churn") { Description = "Edits a second while it serves: 100/s", HelpName = "N/s" };
        churn.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && RateOf(text) is null)
                result.AddError($"--churn '{text}' is no rate; write for example 100/s.");
        });
        var command = new Command("simulate", "An API server with a large cluster in it and no processes, to measure clients and agents with")
        {
            workload, pods, nodes, policies, namespaces, seed, churn,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(workload) is null && result.GetValue(pods) > (long)result.GetValue(nodes) * Placement.MostPodsPerNode)
                result.AddError($"{result.GetValue(pods)} pods need --nodes {(result.GetValue(pods) + Placement.MostPodsPerNode - 1) / Placement.MostPodsPerNode} or more: a node has room for {Placement.MostPodsPerNode}.");
        });
        serving.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var snapshot = parsed.GetValue(workload) is { } name ? Workload.Of(name, parsed.GetValue(seed)).Snapshot : Built(parsed);
            return serving.RunAsync(parsed, terminal, server =>
            {
                var cluster = SimulatedCluster.Fill(server.Store, snapshot);
                terminal.Out.WriteLine($"{snapshot.Namespaces.Count} namespaces, {snapshot.Nodes.Count} nodes, {snapshot.Pods.Count()} pods, {snapshot.Policies.Count()} policies");
                return RateOf(parsed.GetValue(churn) ?? "") is { } rate ? stop => cluster.ChurnAsync(rate, stop) : Serving.Idle;
            }, cancellation);
        });
        return command;

        Snapshot Built(ParseResult parsed)
        {
            var (all, asked, wanted) = (parsed.GetValue(pods), parsed.GetValue(namespaces), parsed.GetValue(policies));
            var count = asked > 0 ? asked : Math.Max(1, all / 20);
            // A locked namespace has two policies beside those of its apps.
            var locked = Math.Min(TeamCluster.MostLocked(count), wanted / 10);
            return new TeamCluster(new Random(parsed.GetValue(seed)), count, all, wanted - 2 * locked) { Nodes = parsed.GetValue(nodes), LockedNamespaces = locked }.Build();
        }
    }

    private static Option<int> Size(string name, string description, int usual)
    {
        const int Most = 1_000_000;
        var option = new Option<int>(name) { Description = description, HelpName = "NUMBER", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > Most)
                result.AddError($"{name} must be from 0 to {Most}.");
        });
        return option;
    }

    private static double? RateOf(string text) =>
        double.TryParse(text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 100_000 ? rate : null;
}
