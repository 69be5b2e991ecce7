using System.CommandLine;
using Podwall.Cli.Comparing;
using Podwall.Cli.Output;
using Podwall.Policy;
using Podwall.Policy.Comparing;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall equivalent</c>: the same meaning, or the flow that tells two sets of policies apart.</summary>
internal static class EquivalentCommand
{
    public static Command Build(Terminal terminal)
    {
        var sides = new Sides();
        var output = OutputOption.Of("text", "json", "yaml");
        var present = new Option<bool>("--present") { Description = "Compare for the pods that there are; else also for every kind of pod that could come" };
        var command = new Command("equivalent", "Do two sets of policies mean the same, and if not, which flow tells them apart?") { present, output };
        sides.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await sides.ReadAsync(parsed, terminal, cancellation) is not var (one, other))
                return ExitCode.BadInput;
            using var progress = Progress.Start(terminal, "comparing");
            var compiled = Compiled.Compile(Borrowing.With(one.Snapshot, other.Snapshot));
            var diff = PolicyDiff.Between(compiled, compiled.Update(Borrowing.With(other.Snapshot, one.Snapshot)));
            var answer = Equivalence.Of(one, other, diff, parsed.GetValue(present));
            if (parsed.GetValue(output) == "text")
                answer.WriteText(new Paper(terminal.Out, terminal.IsColourful));
            else
                answer.WriteJson(terminal, OutputOption.Parse(parsed.GetValue(output)!));
            return answer.IsSame == true ? ExitCode.Ok : ExitCode.Denied;
        });
        return command;
    }
}
