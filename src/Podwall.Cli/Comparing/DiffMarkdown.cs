using System.Text;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Text;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>
/// What a change does, as a comment under a pull request for a reader who has never heard of Podwall. It stays below what
/// GitHub and GitLab take in one comment.
/// </summary>
/// <param name="failsOn">What of the change stops the run, as <c>--fail-on</c> calls it.</param>
internal sealed class DiffMarkdown(DiffReport report, IReadOnlyList<string> failsOn)
{
    /// <summary>By which a program finds the comment that it wrote before.</summary>
    public const string Marker = "<!-- podwall diff -->";

    private const int MostRows = 40;
    private const int MostDrawn = 12;

    private readonly PolicyDiff diff = report.Diff;
    private readonly StringBuilder text = new();

    public string Write()
    {
        text.Append($"{Marker}\n### Network policies: {ChangeWords.Summary(diff)}\n");
        if (failsOn.Count > 0)
            text.Append($"\n> **This stops the run** ({string.Join(", ", failsOn)}). Where it is not meant, change the policies that are named below; where it is, a reviewer has to accept it.\n");
        Table("Opened", "denied before, allowed with this change", diff.Opened, opened: true);
        Table("Closed", "allowed before, denied with this change", diff.Closed, opened: false);
        Table("Opened with new pods", "between pods that this change adds and pods that policies isolate", diff.OpenedToNew, opened: true);
        Draw();
        Undecided();
        Future("Opened", "Such a pod would be let through as soon as somebody makes one", diff.FutureOpened, opened: true);
        Future("Closed", "Such a pod would no longer be let through", diff.FutureClosed, opened: false);
        if (!diff.TriedEveryFuture)
            text.Append("\nNot every kind of pod that may come was tried.\n");
        Policies();
        text.Append($"\nCompared by Podwall: {MarkdownText.Escaped(report.Before.Name)} with {MarkdownText.Escaped(report.After.Name)}, exactly, over all ports, pods and addresses that the manifests speak of.\n");
        return text.ToString();
    }

    private void Table(string title, string meaning, ValueList<PathChange> changes, bool opened)
    {
        if (changes.Count == 0)
            return;
        text.Append($"\n**{title}**: {meaning}\n\n| From | To | Traffic | For example | Why |\n|---|---|---|---|---|\n");
        foreach (var change in changes.Take(MostRows))
            text.Append($"| {MarkdownText.Escaped(report.Names.Of(change.From))} | {MarkdownText.Escaped(report.Names.Of(change.To))} | {MarkdownText.Escaped(ChangeWords.Of(change))} | {MarkdownText.Escaped(ChangeWords.Example(change))} | {Why(change, opened)} |\n");
        More(changes.Count - MostRows);
    }

    private string Why(PathChange change, bool opened) => string.Join("<br>", change.Causes.Select(c => MarkdownText.Escaped(ChangeWords.Why(c, opened, report.After.Manifests.Sources))));

    private void Draw()
    {
        var paths = diff.Opened.Concat(diff.OpenedToNew).Select(c => (Change: c, Opens: true)).Concat(diff.Closed.Select(c => (Change: c, Opens: false)))
            .Select(p => new ChangedPath(report.Names.Of(p.Change.From), report.Names.Of(p.Change.To), ChangeWords.Of(p.Change), p.Opens)).ToArray();
        if (paths.Length is > 0 and <= MostDrawn)
            text.Append($"\n```mermaid\n{PathsMermaid.Draw(paths)}```\n");
    }

    private void Undecided()
    {
        if (diff.Undecided.Count == 0)
            return;
        text.Append("\n**Undecidable from these manifests**\n\n");
        foreach (var change in diff.Undecided.Take(MostRows))
            text.Append($"- {MarkdownText.Escaped(report.Names.Of(change.From))} → {MarkdownText.Escaped(report.Names.Of(change.To))}: {MarkdownText.Escaped(ChangeWords.Of(change))}, because {MarkdownText.Escaped(string.Join("; ", change.Missing))}\n");
        More(diff.Undecided.Count - MostRows);
    }

    private void Future(string word, string meaning, ValueList<PathChange> changes, bool opened)
    {
        if (changes.Count == 0)
            return;
        text.Append($"\n<details><summary>{word} for pods that do not exist yet ({changes.Count})</summary>\n\n{meaning}:\n\n");
        foreach (var change in changes.Take(MostRows))
            text.Append($"- {MarkdownText.Escaped(report.Names.Of(change.From))} → {MarkdownText.Escaped(report.Names.Of(change.To))}: {MarkdownText.Escaped(ChangeWords.Of(change))}<br>{Why(change, opened)}\n");
        More(changes.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void Policies()
    {
        if (diff.Policies.Count == 0)
            return;
        text.Append($"\n<details><summary>Policies ({diff.Policies.Count})</summary>\n\n| Policy | | |\n|---|---|---|\n");
        foreach (var policy in diff.Policies.Take(MostRows))
            text.Append($"| {MarkdownText.Escaped($"{policy.Policy}")} | {policy.Edit.ToString().ToLowerInvariant()} | {ChangeWords.Of(policy.Reach)} |\n");
        More(diff.Policies.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void More(int left)
    {
        if (left > 0)
            text.Append($"\n… and {left} more.\n");
    }
}
