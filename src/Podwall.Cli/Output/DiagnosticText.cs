using Podwall.Kubernetes;

namespace Podwall.Cli.Output;

/// <summary>Findings about the input, one paragraph each: where, what, and what to write instead.</summary>
internal static class DiagnosticText
{
    public static void Write(Paper paper, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var finding in diagnostics)
        {
            var (word, ink) = finding.Severity switch
            {
                Severity.Error => ("error", Ink.Bad),
                Severity.Warning => ("warning", Ink.Caution),
                _ => ("note", Ink.Dim),
            };
            paper.Put(word, ink).Put(finding.Position is { } position ? $"  {position}" : "");
            paper.Put(finding.Subject is { } subject ? $"  {subject}" : "", Ink.Strong).Line();
            // A message of several lines stays one paragraph.
            foreach (var line in (finding.Field.Length > 0 ? $"{finding.Field}: {finding.Message}" : finding.Message).Split('\n'))
                paper.Line($"  {line}");
            if (finding.Fix.Length > 0)
                paper.Line(new Piece("  fix: ", Ink.Good), finding.Fix);
        }
    }
}
