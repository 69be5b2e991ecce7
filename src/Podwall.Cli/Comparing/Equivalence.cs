using Podwall.Cli.Output;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>Whether two sets of policies mean the same; null where facts are missing. Else one flow that only one of them allows.</summary>
internal sealed record Equivalence(Side One, Side Other, bool? IsSame, PathChange? Apart, bool OtherAllows, UndecidedChange? Undecided, bool TriedEveryFuture)
{
    public static Equivalence Of(Side one, Side other, PolicyDiff diff, bool presentOnly)
    {
        var telling = diff.Opened.Select(c => (Change: c, Opens: true)).Concat(diff.Closed.Select(c => (Change: c, Opens: false)))
            .Concat(presentOnly ? [] : diff.FutureOpened.Select(c => (Change: c, Opens: true)).Concat(diff.FutureClosed.Select(c => (Change: c, Opens: false)))).ToArray();
        var open = diff.Undecided.Select(u => (UndecidedChange?)u).FirstOrDefault();
        return telling.Length > 0
            ? new(one, other, false, telling[0].Change, telling[0].Opens, null, diff.TriedEveryFuture)
            : new(one, other, open is null && (presentOnly || diff.TriedEveryFuture) ? true : null, null, false, open, presentOnly || diff.TriedEveryFuture);
    }

    private EndNames Names => new(One.Snapshot, Other.Snapshot);

    private (Side Allows, Side Denies) Split => OtherAllows ? (Other, One) : (One, Other);

    public void WriteText(Paper paper)
    {
        if (Apart is { } change)
        {
            paper.Line(new Piece("DIFFERENT", Ink.Bad), $"   {ChangeWords.Example(change)}");
            paper.Line("  ", new Piece("allowed", Ink.Good), $" by {Split.Allows.Name}, ", new Piece("denied", Ink.Bad), $" by {Split.Denies.Name}");
            paper.Line($"  as is every flow {Names.Of(change.From)} -> {Names.Of(change.To)}   {ChangeWords.Of(change)}");
        }
        else if (Undecided is { } open)
        {
            paper.Line(new Piece("UNDECIDABLE", Ink.Caution), $"   {Names.Of(open.From)} -> {Names.Of(open.To)}   {ChangeWords.Of(open)}");
            foreach (var fact in open.Missing)
                paper.Line($"  {fact}");
        }
        else
        {
            paper.Line(IsSame is true ? new Piece("EQUIVALENT", Ink.Good) : new Piece("UNDECIDABLE", Ink.Caution), IsSame is true ? "   no flow tells them apart" : "   no flow was found that tells them apart, but not every kind of pod that may come was tried");
        }
    }

    public void WriteJson(Terminal terminal, OutputFormat format) => Documents.Write(terminal, format, json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", "Equivalence");
        json.WriteString("one", One.Name);
        json.WriteString("other", Other.Name);
        if (IsSame is { } same)
            json.WriteBoolean("equivalent", same);
        else
            json.WriteNull("equivalent");
        if (Apart is { } change)
        {
            json.WriteStartObject("flow");
            DiffJson.Flow(json, change);
            json.WriteString("allowedBy", OtherAllows ? "other" : "one");
            json.WriteEndObject();
        }

        if (Undecided is { } open)
            Checking.CheckJson.Strings(json, "missing", open.Missing);

        json.WriteEndObject();
    });
}
