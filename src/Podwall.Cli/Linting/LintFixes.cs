using System.Text;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Editing;
using Podwall.Kubernetes.Linting;
using Podwall.Policy;

namespace Podwall.Cli.Linting;

/// <summary>The safe edits of a report, as one patch a file.</summary>
internal sealed class LintFixes
{
    private static readonly byte[] ByteOrderMark = Encoding.UTF8.GetPreamble();

    private readonly HashSet<string> marked = [];

    public List<TextPatch> Patches { get; } = [];

    /// <summary>How many findings the patches mend.</summary>
    public int Count { get; private set; }

    public static LintFixes Of(LintReport report, Manifests manifests, IFileTree files)
    {
        LintFixes fixes = new();
        var roots = manifests.PolicyObjects.Select(p => (p.Id, p.Position)).GroupBy(p => p.Id).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.First().Position);
        var wanted = report.Counting.Where(f => f.Finding is { Edit: not null, Place.Namespace: not null } && f.Position is not null)
            .GroupBy(f => f.Position!.Value.File).Where(g => files.IsFile(g.Key)).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var file in wanted)
            fixes.Add(file.Key, Text(files, file.Key, fixes.marked), file, roots);
        return fixes;
    }

    private void Add(string file, string text, IEnumerable<PlacedFinding> findings, Dictionary<PolicyId, SourcePosition> roots)
    {
        FieldEditor editor = new(text);
        var edits = findings.Select(f => roots.TryGetValue(new(f.Finding.Place.Namespace!, f.Finding.Place.Name), out var root) ? editor.Of(root, f.Finding.Edit!) : null)
            .OfType<TextEdit>().ToList();
        if (edits.Count == 0)
            return;
        Count += edits.Count;
        Patches.Add(new(file, text, edits));
    }

    /// <summary>
    /// What the patched files, read again, would mean otherwise; null where they mean the same. Each edit is safe by itself;
    /// this makes sure of all together.
    /// </summary>
    public string? WhatWouldChange(IReadOnlyList<ManifestSource> sources, ReadingOptions options)
    {
        if (Patches.Count == 0)
            return null;
        var patched = Patches.ToDictionary(p => p.File, p => p.After);
        // Standard input can be read once only, and is not mended.
        var files = sources.Where(s => s.Name != "stdin").ToArray();
        var before = ManifestReader.Read(files, options);
        var after = ManifestReader.Read(files.Select(s => patched.TryGetValue(s.Name, out var text) ? ManifestSource.OfText(s.Name, text) : s), options);
        if (after.Diagnostics.AsEnumerable().FirstOrDefault(d => d.LeavesTrafficOpen) is { } broken)
            return $"{broken}";
        if (before.Snapshot.Policies.Zip(after.Snapshot.Policies).FirstOrDefault(p => !IsAlike(p.First, p.Second)) is { First: not null } other)
            return $"{other.First.Id} would govern other pods or directions";
        var diff = ReachDiff.Between(Connectivity.Of(Compiled.Compile(before.Snapshot)), Connectivity.Of(Compiled.Compile(after.Snapshot)));
        return diff.IsEmpty ? null : string.Join("; ", diff.Changes.Select(c => $"{c.From[0]} -> {c.To}").Concat(diff.Outside.Select(o => $"{o.Pods}, {o.Direction.ToString().ToLowerInvariant()}")).Take(3));
    }

    private static bool IsAlike(NetworkPolicy one, NetworkPolicy other) => one.Id == other.Id && one.Subject == other.Subject
        && one.Governs(Direction.Ingress) == other.Governs(Direction.Ingress) && one.Governs(Direction.Egress) == other.Governs(Direction.Egress);

    /// <returns>What failed; null where all files are written.</returns>
    public string? Write() => FileReplacement.Write([.. Patches.Select(p => (p.File, (byte[])[.. marked.Contains(p.File) ? ByteOrderMark : [], .. Encoding.UTF8.GetBytes(p.After)]))]);

    private static string Text(IFileTree files, string path, HashSet<string> marked)
    {
        using var stream = files.OpenRead(path);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        var content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (!content.StartsWith(ByteOrderMark))
            return Encoding.UTF8.GetString(content);
        marked.Add(path);
        return Encoding.UTF8.GetString(content[ByteOrderMark.Length..]);
    }
}
