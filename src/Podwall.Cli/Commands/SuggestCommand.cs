using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Cli.Suggesting;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall suggest</c>: least privilege from observed flows, with the proof that they all go on.</summary>
internal static class SuggestCommand
{
    private const int MostFaults = 20;

    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var flows = new Option<string>("--flows") { Description = "Observed flows, a line each (- is standard input): podwall's own JSON, hubble observe -o json, Calico's flow logs, or conntrack -L", HelpName = "FILE", Required = true };
        var skip = new Option<bool>("--skip-unknown") { Description = "Go on in spite of lines that cannot be read or name ends that are not known; each is named" };
        var folder = new Option<string?>("--write") { Description = "Write each policy to FOLDER/NAMESPACE/NAME.yaml; nothing that is there is overwritten", HelpName = "FOLDER" };
        var output = OutputOption.Of("text", "json", "yaml");
        var command = new Command("suggest", "The least that policies must allow for observed flows to go on") { flows, skip, folder, output };
        input.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var file = parsed.GetValue(flows)!;
            if (file == "-" && input.Names(parsed, "-"))
                return CheckCommand.Complain(terminal, "standard input can hold the manifests or the flows, not both; put one of them into a file.");
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            ObservedFlows observed = new(cluster);
            if (TryRead(file, observed, terminal) is { } unreadable)
                return CheckCommand.Complain(terminal, unreadable);
            string[] faults = [.. observed.Faults.Take(MostFaults).Select(f => $"{file}: {f}"), .. observed.Faults.Count > MostFaults ? [$"{file}: and {observed.Faults.Count - MostFaults} more lines"] : Array.Empty<string>()];
            if (faults.Length > 0 && !parsed.GetValue(skip))
                return CheckCommand.Complain(terminal, [.. faults, "nothing was suggested; mend these lines, or leave them out with --skip-unknown."]);
            if (faults.Length > 0)
                CheckCommand.Complain(terminal, faults);
            if (observed.Flows.Count == 0)
                return CheckCommand.Complain(terminal, $"{file} holds no flow between known ends, so there is nothing to allow.");
            using var progress = Progress.Start(terminal, "looking for the least");
            var suggested = LeastPrivilege.For(cluster.Compiled, observed.Flows);
            if (parsed.GetValue(folder) is { } target && SuggestedFiles.Write(target, suggested.Policies) is { } obstacle)
                return CheckCommand.Complain(terminal, obstacle);
            if (parsed.GetValue(output) == "text")
                WriteText(terminal, observed, suggested, writesFiles: parsed.GetValue(folder) is not null);
            else
                SuggestText.WriteJson(terminal, OutputOption.Parse(parsed.GetValue(output)!), observed, suggested);
            return suggested.Denied.Count == 0 ? ExitCode.Ok : ExitCode.Denied;
        });
        return command;
    }

    private static void WriteText(Terminal terminal, ObservedFlows observed, LeastPrivilege suggested, bool writesFiles)
    {
        var paper = new Paper(terminal.Out, terminal.IsColourful);
        if (!writesFiles)
            SuggestText.WriteManifests(paper, suggested);
        SuggestText.WriteProof(paper, observed, suggested, writesFiles ? "" : "# ");
    }

    private static string? TryRead(string file, ObservedFlows observed, Terminal terminal)
    {
        try
        {
            using var log = file == "-" ? terminal.Input : File.OpenRead(file);
            observed.Read(log);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"cannot read {file}: {unreadable.Message}";
        }
    }
}
