using Podwall.Cli.Output;
using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Checking;

/// <summary>The changes that would flip a verdict, as YAML to paste, and what else each does.</summary>
internal sealed class SuggestionText(Paper paper)
{
    private const int MostEffects = 3;

    public void Write(Verdict verdict, ValueList<Suggestion> suggestions)
    {
        foreach (var (suggestion, index) in suggestions.Select((s, i) => (s, i)))
        {
            paper.Line().Put("  ").Put(index == 0 ? $"smallest change that {(verdict == Verdict.Deny ? "allows" : "denies")} it:" : "or:", Ink.Strong);
            foreach (var (change, step) in suggestion.Changes.Select((c, i) => (c, i)))
            {
                paper.Line($"{(step == 0 ? " " : "  and ")}{change}");
                foreach (var line in PolicyYaml.Of(change))
                    paper.Line($"    {line}");
            }

            WriteEffects(suggestion);
        }
    }

    private void WriteEffects(Suggestion suggestion)
    {
        var verb = suggestion.Opens ? "opens" : "closes";
        if (suggestion.Effects.Count == 0)
            paper.Line("    ", new Piece($"{verb} nothing else", Ink.Dim));
        foreach (var effect in suggestion.Effects.Take(MostEffects))
            paper.Line("    ", new Piece($"also {verb}: ", Ink.Caution), $"{effect}");
        if (suggestion.Effects.Count > MostEffects)
            paper.Line("    ", new Piece($"and {suggestion.Effects.Count - MostEffects} more", Ink.Caution));
    }
}
