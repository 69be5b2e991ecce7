using System.CommandLine;
using Podwall.Cli.Linting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lint</c>: what is valid and does not do what it seems to be written for.</summary>
internal static class LintCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var options = new LintOptions();
        var command = new Command("lint", "What is accepted and does not do what it seems to be written for: findings with example flows and fixes");
        input.AddBothTo(command);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(options.Explain) is { } asked)
                return LintExplanation.Write(terminal, asked);
            var settings = LintSettings.Read(options, parsed, terminal);
            if (settings is null)
                return ExitCode.BadInput;
            var run = new LintRun(input, parsed, terminal, settings);
            return parsed.GetValue(options.Fix) ? await run.FixAsync(parsed.GetValue(options.DryRun), cancellation) : await run.ReportAsync(cancellation);
        });
        return command;
    }
}
