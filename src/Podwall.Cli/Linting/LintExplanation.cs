using Podwall.Cli.Commands;
using Podwall.Cli.Output;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>What a rule finds, in full.</summary>
internal static class LintExplanation
{
    public static int Write(Terminal terminal, string id)
    {
        Paper paper = new(terminal.Out, terminal.IsColourful);
        if (id == "all")
        {
            paper.Columns([.. LintRules.All.Select(r => (Piece[])[new(r.Id, Ink.Strong), LintText.Word(r.Severity), r.Title])]);
            return ExitCode.Ok;
        }

        if (LintRules.Find(id) is not { } rule)
            return CheckCommand.Complain(terminal, $"--explain: lint has no rule '{id}'. {UnknownRule.Fix(id)}");
        foreach (var line in Text(rule).Split('\n'))
            paper.Line(line);
        return ExitCode.Ok;
    }

    public static string Text(LintRule rule)
    {
        List<string> parts = [$"{rule.Id}   {LintText.Word(rule.Severity)}\n{rule.Title}", rule.Explanation.ReplaceLineEndings("\n")];
        var (wrong, right) = rule.Shown;
        if (wrong.Length > 0)
            parts.Add($"Instead of\n{Indented(wrong)}");
        if (right.Length > 0)
            parts.Add($"{(wrong.Length > 0 ? "write" : "Write")}\n{Indented(right)}");
        return string.Join("\n\n", parts);
    }

    private static string Indented(string text) => string.Join('\n', text.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(l => $"  {l}"));
}
