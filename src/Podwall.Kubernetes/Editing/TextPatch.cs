using System.Text;

namespace Podwall.Kubernetes.Editing;

/// <summary>A run of characters, from <see cref="Start"/> up to <see cref="End"/>, and what stands there instead.</summary>
public readonly record struct TextEdit(int Start, int End, string Text);

/// <summary>Edits of one file's text that do not touch each other, and the patch that they make.</summary>
public sealed class TextPatch
{
    private const int Around = 3;

    private readonly TextEdit[] edits;

    /// <summary>Of edits that overlap, the widest stays.</summary>
    public TextPatch(string file, string before, IEnumerable<TextEdit> edits)
    {
        (File, Before) = (file, before);
        List<TextEdit> kept = [];
        foreach (var edit in edits.Distinct().OrderByDescending(e => e.End - e.Start))
            if (!kept.Any(k => edit.Start < k.End && k.Start < edit.End))
                kept.Add(edit);
        this.edits = [.. kept.OrderBy(e => e.Start)];
        After = Apply(0, before.Length);
    }

    public string File { get; }

    public string Before { get; }

    public string After { get; }

    /// <summary>The patch as <c>git apply</c> and <c>patch -p1</c> take it.</summary>
    public IEnumerable<string> Unified()
    {
        if (Before == After)
            yield break;
        yield return $"--- a/{File}";
        yield return $"+++ b/{File}";
        var (blocks, lines, shift) = (Blocks(), Lines(Before), 0);
        for (var i = 0; i < blocks.Count;)
        {
            var last = i;
            while (last + 1 < blocks.Count && blocks[last + 1].First - blocks[last].End <= 2 * Around)
                last++;
            var (from, to) = (Math.Max(0, blocks[i].First - Around), Math.Min(lines.Count, blocks[last].End + Around));
            List<string> hunk = [];
            var (at, added, removed) = (from, 0, 0);
            foreach (var block in blocks[i..(last + 1)])
            {
                hunk.AddRange(lines[at..block.First].Select(l => $" {l}"));
                hunk.AddRange(lines[block.First..block.End].Select(l => $"-{l}"));
                hunk.AddRange(block.Lines.Select(l => $"+{l}"));
                (at, added, removed) = (block.End, added + block.Lines.Count, removed + block.End - block.First);
            }

            hunk.AddRange(lines[at..to].Select(l => $" {l}"));
            yield return $"@@ -{from + 1},{to - from} +{from + 1 + shift},{to - from + added - removed} @@";
            foreach (var line in hunk)
                yield return line;
            (shift, i) = (shift + added - removed, last + 1);
        }
    }

    // Whole lines that change, as indexes of lines before, and the lines after.
    private List<(int First, int End, List<string> Lines)> Blocks()
    {
        List<(int First, int End, List<string> Lines)> blocks = [];
        foreach (var edit in edits)
        {
            var start = edit.Start == 0 ? 0 : Before.LastIndexOf('\n', edit.Start - 1) + 1;
            var isWhole = edit.End > edit.Start && edit.End > 0 && Before[edit.End - 1] == '\n';
            var end = isWhole || (edit.Start == edit.End && start == edit.Start) ? edit.End : Before.IndexOf('\n', edit.End) is >= 0 and var feed ? feed + 1 : Before.Length;
            var first = Before.AsSpan(0, start).Count('\n');
            var next = (First: first, End: first + Lines(Before[start..end]).Count, Lines: Lines(Apply(start, end)));
            if (blocks.Count > 0 && next.First < blocks[^1].End)
            {
                // Two edits of one line are one block.
                var begin = LineStart(blocks[^1].First);
                blocks[^1] = (blocks[^1].First, Math.Max(blocks[^1].End, next.End), Lines(Apply(begin, end)));
            }
            else
                blocks.Add(next);
        }

        return blocks;
    }

    private int LineStart(int line)
    {
        var at = 0;
        for (; line > 0; line--)
            at = Before.IndexOf('\n', at) + 1;
        return at;
    }

    private string Apply(int start, int end)
    {
        StringBuilder text = new();
        var at = start;
        foreach (var edit in edits.Where(e => e.Start >= start && e.End <= end))
        {
            text.Append(Before, at, edit.Start - at).Append(edit.Text);
            at = edit.End;
        }

        return text.Append(Before, at, end - at).ToString();
    }

    private static List<string> Lines(string text)
    {
        if (text.Length == 0)
            return [];
        List<string> lines = [.. text.Split('\n')];
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
