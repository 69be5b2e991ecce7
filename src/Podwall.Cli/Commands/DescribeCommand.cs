using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Cli.Policies;
using Podwall.Policy;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall describe</c>: one policy in plain words.</summary>
internal static class DescribeCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var name = new Argument<string>("NS/NAME") { Description = "The policy; without a namespace, the one in --namespace, else in default" };
        var output = OutputOption.Of("text", "json", "yaml");
        var command = new Command("describe", "One policy in plain words: whom it isolates, what it lets through, which pods it selects now") { name, output };
        input.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            if (Find(parsed.GetValue(name)!, cluster, out var policy) is { } problem)
                return CheckCommand.Complain(terminal, problem);
            var format = OutputOption.Parse(parsed.GetValue(output)!);
            var summary = new PolicySummaries(cluster).Of(policy!);
            if (format == OutputFormat.Text)
                PolicyText.Write(new Paper(terminal.Out, terminal.IsColourful), summary);
            else
                PolicyJson.Write(terminal, format, summary);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string? Find(string name, Cluster cluster, out NetworkPolicy? policy)
    {
        policy = null;
        if (name.Split('/') is not ([_] or [_, _]) and var parts)
            return $"'{name}' has {parts.Length} parts; write namespace/name.";
        var id = name.Split('/') is [var ns, var own] ? new PolicyId(ns, own) : new PolicyId(cluster.DefaultNamespace ?? "default", name);
        policy = cluster.Compiled.Snapshot.Find(id);
        if (policy is not null)
            return null;
        var alike = cluster.Compiled.Snapshot.Policies.Where(p => p.Id.Name == id.Name).Select(p => $"{p.Id}").ToArray();
        return $"There is no NetworkPolicy {id} in the input. {(alike.Length > 0 ? $"Did you mean {string.Join(" or ", alike)}?" : "'podwall get' lists what there is.")}";
    }
}
