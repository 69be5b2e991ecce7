using System.IO.Enumeration;

namespace Podwall.Kubernetes;

/// <summary>Patterns that the shell left alone: <c>*</c> and <c>?</c> within a name, <c>**</c> for any directories.</summary>
internal static class Glob
{
    public static IEnumerable<string> Match(string pattern, IFileTree files)
    {
        var segments = pattern.Split('/');
        return pattern.StartsWith('/') ? Match("/", segments.AsMemory(1), files) : Match("", segments, files);
    }

    private static IEnumerable<string> Match(string directory, ReadOnlyMemory<string> segments, IFileTree files)
    {
        var segment = segments.Span[0];
        var rest = segments[1..];
        if (segment.AsSpan().IndexOfAny("*?") < 0)
        {
            var next = ManifestPaths.Join(directory, segment);
            return rest.Length > 0 ? files.IsDirectory(next) ? Match(next, rest, files) : []
                : files.IsFile(next) || files.IsDirectory(next) ? [next] : [];
        }

        var here = directory.Length == 0 ? "." : directory;
        var directories = files.DirectoriesIn(here).Where(d => !d.StartsWith('.')).Order(StringComparer.Ordinal).Select(d => ManifestPaths.Join(directory, d));
        if (segment == "**")
            return (rest.Length == 0 ? [here] : Match(directory, rest, files)).Concat(rest.Length == 0 ? [] : directories.SelectMany(d => Match(d, segments, files)));
        var matching = directories.Where(d => Matches(segment, d));
        return rest.Length > 0
            ? matching.SelectMany(d => Match(d, rest, files))
            : files.FilesIn(here).Order(StringComparer.Ordinal).Select(f => ManifestPaths.Join(directory, f)).Where(f => Matches(segment, f)).Concat(matching);
    }

    private static bool Matches(string segment, string path) =>
        FileSystemName.MatchesSimpleExpression(segment, path.AsSpan(path.LastIndexOf('/') + 1), ignoreCase: false);
}
