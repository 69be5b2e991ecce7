using System.IO.Enumeration;

namespace Podwall.Kubernetes;

/// <summary>
/// The lines of <c>.podwallignore</c> files: names or globs, <c>#</c> for comments. A pattern without '/' matches files and
/// directories of that name in the file's directory and below; one with '/' matches from the file's directory on.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".podwallignore";

    private readonly IgnoreRules? outer;
    private readonly string directory;
    private readonly string[] patterns;

    private IgnoreRules(IgnoreRules? outer, string directory, string[] patterns) =>
        (this.outer, this.directory, this.patterns) = (outer, directory, patterns);

    public static IgnoreRules? In(string directory, IgnoreRules? outer, IFileTree files)
    {
        var path = ManifestPaths.Join(directory, FileName);
        if (!files.IsFile(path))
            return outer;
        using var reader = new StreamReader(files.OpenRead(path));
        var lines = reader.ReadToEnd().Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#');
        return new(outer, directory, [.. lines.Select(l => l.TrimEnd('/'))]);
    }

    public bool Ignores(string path)
    {
        var inside = path[directory.Length..].TrimStart('/', '\\').Replace('\\', '/');
        var name = inside[(inside.LastIndexOf('/') + 1)..];
        return patterns.Any(p => FileSystemName.MatchesSimpleExpression(p.TrimStart('/'), p.Contains('/') ? inside : name, ignoreCase: false))
            || outer?.Ignores(path) == true;
    }
}
