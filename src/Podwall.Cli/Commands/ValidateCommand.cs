using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Cli.Validating;
using Podwall.Kubernetes;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall validate</c>: what the API server would refuse, and what would not mean what it says.</summary>
internal static class ValidateCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var output = OutputOption.Of("text", "json", "yaml", "jsonl", "sarif", "junit");
        var command = new Command("validate", "What the API server would refuse: where, which field, its own message, and a fix") { output };
        input.AddSourcesTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var manifests = await input.ReadManifestsAsync(parsed, terminal, cancellation);
            switch (parsed.GetValue(output)!)
            {
                case "text":
                    ValidationReport.WriteText(new Paper(terminal.Out, terminal.IsColourful), manifests);
                    break;
                case "sarif":
                    ValidationFormats.WriteSarif(terminal, manifests);
                    break;
                case "junit":
                    ValidationFormats.WriteJunit(terminal, manifests);
                    break;
                case var format:
                    ValidationReport.WriteJson(terminal, OutputOption.Parse(format), manifests);
                    break;
            }

            return manifests.Diagnostics.Any(d => d.Code is DiagnosticCodes.Unreadable or DiagnosticCodes.BrokenSyntax) ? ExitCode.BadInput
                : manifests.HasErrors ? ExitCode.Denied
                : ExitCode.Ok;
        });
        return command;
    }
}
