using System.CommandLine;
using Podwall.Cli.Comparing;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall diff</c>: what a change of manifests opens and closes, exactly.</summary>
internal static class DiffCommand
{
    // What a run can be told to fail on, and whether a difference has it.
    private static readonly Dictionary<string, Func<PolicyDiff, bool>> Kinds = new(StringComparer.Ordinal)
    {
        ["opened"] = d => d.Opened.Count + d.OpenedToNew.Count > 0,
        ["closed"] = d => d.Closed.Count > 0,
        ["undecidable"] = d => d.Undecided.Count > 0,
        ["future"] = d => d.FutureOpened.Count + d.FutureClosed.Count > 0,
        ["future-opened"] = d => d.FutureOpened.Count > 0,
        ["future-closed"] = d => d.FutureClosed.Count > 0,
        ["any"] = d => !d.IsSameMeaning,
    };

    public static Command Build(Terminal terminal)
    {
        var sides = new Sides();
        var failOn = new Option<string?>("--fail-on") { Description = "End with 1 where something was opened, closed, is undecidable, or is opened or closed for future pods (future: both); several with commas, or any", HelpName = "KINDS" };
        failOn.CompletionSources.Add([.. Kinds.Keys]);
        failOn.Validators.Add(result =>
        {
            foreach (var word in Words(result.GetValueOrDefault<string?>()).Where(w => !Kinds.ContainsKey(w)))
                result.AddError($"--fail-on knows {string.Join(", ", Kinds.Keys)}, not '{word}'.{(Nearest.To(word, Kinds.Keys) is { } near ? $" Did you mean {near}?" : "")}");
        });
        var output = new Option<string>("--output", "-o") { Description = "How to write the answer: text, json, yaml, markdown (for a comment under a pull request)", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        output.AcceptOnlyFromAmong("text", "json", "yaml", "markdown");
        var command = new Command("diff", "What a change of manifests opens and closes, exactly") { failOn, output };
        sides.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await sides.ReadAsync(parsed, terminal, cancellation) is not var (before, after))
                return ExitCode.BadInput;
            using var progress = Progress.Start(terminal, "comparing");
            var compiled = Compiled.Compile(before.Snapshot);
            DiffReport report = new(before, after, PolicyDiff.Between(compiled, compiled.Update(after.Snapshot)));
            var failing = Words(parsed.GetValue(failOn)).Where(w => Kinds[w](report.Diff)).ToArray();
            switch (parsed.GetValue(output))
            {
                case "text":
                    new DiffText(new Paper(terminal.Out, terminal.IsColourful), report).Write();
                    break;
                case "markdown":
                    terminal.Out.Write(new DiffMarkdown(report, failing).Write());
                    break;
                case var format:
                    DiffJson.Write(terminal, OutputOption.Parse(format!), report);
                    break;
            }

            return failing.Length > 0 ? ExitCode.Denied : ExitCode.Ok;
        });
        return command;
    }

    private static string[] Words(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
