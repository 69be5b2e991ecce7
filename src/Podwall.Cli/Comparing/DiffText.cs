using Podwall.Cli.Output;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>What a change does, for a person.</summary>
internal sealed class DiffText(Paper paper, DiffReport report)
{
    private const int MostFutures = 8;

    private readonly PolicyDiff diff = report.Diff;

    public void Write()
    {
        paper.Line(new Piece("what changes", Ink.Strong), $"   {report.Before.Name} -> {report.After.Name}");
        Section("opened", Ink.Bad, diff.Opened, opened: true);
        Section("closed", Ink.Good, diff.Closed, opened: false);
        if (diff.NewPods.Count > 0)
            paper.Line().Line(new Piece("new pods  ", Ink.Strong), report.Names.Of(diff.NewPods));
        if (diff.GonePods.Count > 0)
            paper.Line().Line(new Piece("pods gone  ", Ink.Strong), report.Names.Of(diff.GonePods));
        Section("opened with new pods", Ink.Bad, diff.OpenedToNew, opened: true);
        WriteUndecided();
        Future("opened for pods that do not exist yet", Ink.Bad, diff.FutureOpened);
        Future("closed for pods that do not exist yet", Ink.Good, diff.FutureClosed);
        if (!diff.TriedEveryFuture)
            paper.Line().Line(new Piece("not every kind of pod that may come was tried", Ink.Caution));
        WritePolicies();
        paper.Line().Line(new Piece(ChangeWords.Summary(diff), Ink.Strong));
    }

    private void Section(string title, Ink ink, ValueList<PathChange> changes, bool opened)
    {
        if (changes.Count == 0)
            return;
        paper.Line().Line(new Piece(title, ink));
        foreach (var change in changes)
        {
            paper.Line($"  {report.Names.Of(change.From)} -> {report.Names.Of(change.To)}   ", new Piece(ChangeWords.Of(change), ink));
            if (change.From.Pods.Count + change.To.Pods.Count > 2)
                paper.Line(new Piece($"    for example {ChangeWords.Example(change)}", Ink.Dim));
            foreach (var cause in change.Causes)
                paper.Line($"    {ChangeWords.Why(cause, opened, report.After.Manifests.Sources)}");
        }
    }

    private void WriteUndecided()
    {
        if (diff.Undecided.Count == 0)
            return;
        paper.Line().Line(new Piece("undecidable", Ink.Caution));
        foreach (var change in diff.Undecided)
        {
            paper.Line($"  {report.Names.Of(change.From)} -> {report.Names.Of(change.To)}   ", new Piece(ChangeWords.Of(change), Ink.Caution));
            foreach (var fact in change.Missing)
                paper.Line($"    {fact}");
        }
    }

    private void Future(string title, Ink ink, ValueList<PathChange> changes)
    {
        if (changes.Count == 0)
            return;
        paper.Line().Line(new Piece(title, Ink.Strong));
        foreach (var change in changes.Take(MostFutures))
            paper.Line($"  {report.Names.Of(change.From)} -> {report.Names.Of(change.To)}   ", new Piece(ChangeWords.Of(change), ink));
        if (changes.Count > MostFutures)
            paper.Line(new Piece($"  and {changes.Count - MostFutures} more; -o json has them", Ink.Dim));
    }

    private void WritePolicies()
    {
        if (diff.Policies.Count == 0)
            return;
        paper.Line().Line(new Piece("policies", Ink.Strong));
        paper.Columns([.. diff.Policies.Select(p => new Piece[] { p.Edit.ToString().ToLowerInvariant(), $"{p.Policy}", ChangeWords.Of(p.Reach) })], "  ");
    }
}
