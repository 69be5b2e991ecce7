using System.CommandLine;
using Podwall.Cli.Matrix;
using Podwall.Cli.Output;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall matrix</c>: who reaches whom, exactly and completely.</summary>
internal static class MatrixCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var by = new Option<string?>("--by") { Description = "What a row is: class (pods that no policy tells apart; text only), workload, or pod", HelpName = "GROUP" };
        by.AcceptOnlyFromAmong("class", "workload", "pod");
        var output = OutputOption.Of("text", "json", "yaml", "jsonl");
        var command = new Command("matrix", "Who reaches whom: every allowed connection, pods and outside addresses alike") { by, output };
        input.AddTo(command);
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var format = OutputOption.Parse(parsed.GetValue(output)!);
            var grouping = parsed.GetValue(by) ?? (format == OutputFormat.Text ? "class" : "workload");
            if (format != OutputFormat.Text && grouping == "class")
                return CheckCommand.Complain(terminal, "--by class is for people; with -o json, yaml or jsonl use --by workload or --by pod.");
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            using var progress = Progress.Start(terminal, "computing who reaches whom");
            if (format == OutputFormat.Text)
                new MatrixText(new Paper(terminal.Out, terminal.IsColourful), terminal.Width).Write(MatrixTable.Of(cluster, grouping));
            else
                ReachabilityJson.Write(terminal, format, Reachability.Of(cluster.Compiled, grouping == "pod" ? Grouping.Pod : Grouping.Workload));
            return ExitCode.Ok;
        }
    }
}
