using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Cli.Policies;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall get</c>: the policies at a glance.</summary>
internal static class GetCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var output = OutputOption.Of("text", "json", "yaml", "jsonl");
        var command = new Command("get", "The policies at a glance: whom each selects now, and what it lets through") { output };
        input.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            var summaries = cluster.Compiled.Snapshot.Policies.Where(p => input.Namespace(parsed) is not { } only || p.Id.Namespace == only).Select(new PolicySummaries(cluster).Of).ToArray();
            var format = OutputOption.Parse(parsed.GetValue(output)!);
            if (format == OutputFormat.Text)
                PolicyText.WriteTable(new Paper(terminal.Out, terminal.IsColourful), summaries);
            else
                PolicyJson.WriteList(terminal, format, summaries);
            return ExitCode.Ok;
        });
        return command;
    }
}
