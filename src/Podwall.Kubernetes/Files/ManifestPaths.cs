namespace Podwall.Kubernetes;

/// <summary>
/// From what stands on the command line to inputs. <c>-</c> is standard input. A file is read whatever it is called; a
/// directory gives its .yaml, .yml and .json files, and those of its directories, in order of their names. What is
/// hidden is left out, the templates of a Helm chart, and what a <c>.podwallignore</c> file beside them names. Each file is read once.
/// </summary>
public static class ManifestPaths
{
    private const int DeepestDirectory = 64;

    public static IReadOnlyList<ManifestSource> Expand(IEnumerable<string> paths, IFileTree files)
    {
        List<ManifestSource> sources = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (path == "-")
                sources.AddRange(seen.Add(path) ? [new("stdin", files.OpenStandardInput)] : []);
            else
                sources.AddRange(Guarded(path, files).Where(s => s.Fault is not null || seen.Add(files.IdentityOf(s.Name))));
        }

        return sources;
    }

    internal static string Join(string directory, string name) =>
        directory.Length == 0 || directory.EndsWith('/') || directory.EndsWith(Path.DirectorySeparatorChar) ? directory + name : $"{directory}/{name}";

    private static List<ManifestSource> Guarded(string path, IFileTree files)
    {
        try
        {
            return [.. Expand(path, files)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [ManifestSource.Missing(path, error.Message, "Check that you may read it.")];
        }
    }

    private static IEnumerable<ManifestSource> Expand(string path, IFileTree files)
    {
        if (files.IsFile(path))
            return [Source(path, files)];
        if (files.IsDirectory(path))
            return Walk(path, null, files, 0).Select(f => Source(f, files))
                .DefaultIfEmpty(ManifestSource.Missing(path, "the directory holds no .yaml, .yml or .json file", "Name the directory with the manifests."));
        if (path.AsSpan().IndexOfAny("*?") >= 0)
            return Glob.Match(path, files).SelectMany(match => Matched(match, path, files))
                .DefaultIfEmpty(ManifestSource.Missing(path, "no file matches the pattern", "'*' stands for part of a name, '**' for any number of directories."));
        return [Missing(path, files)];
    }

    private static IEnumerable<ManifestSource> Matched(string match, string pattern, IFileTree files)
    {
        if (files.IsDirectory(match))
            return Walk(match, null, files, 0).Select(f => Source(f, files));
        // "k8s/*" means the manifests there; "k8s/*.txt" means what it says.
        return IsManifest(match) || pattern[(pattern.LastIndexOf('/') + 1)..].Contains('.') ? [Source(match, files)] : [];
    }

    private static ManifestSource Source(string path, IFileTree files) => new(path, () => files.OpenRead(path));

    private static IEnumerable<string> Walk(string directory, IgnoreRules? outer, IFileTree files, int depth)
    {
        if (depth > DeepestDirectory)
            throw new IOException($"Directories lie more than {DeepestDirectory} deep below {directory}.");
        var rules = IgnoreRules.In(directory, outer, files);
        string[] names = [.. files.FilesIn(directory)];
        foreach (var name in names.Where(IsManifest).Order(StringComparer.Ordinal))
            if (Join(directory, name) is var file && rules?.Ignores(file) != true)
                yield return file;
        // What a chart makes manifests of is none; helm template writes them.
        foreach (var name in files.DirectoriesIn(directory).Where(d => !d.StartsWith('.') && !(d == "templates" && names.Contains("Chart.yaml"))).Order(StringComparer.Ordinal))
            if (Join(directory, name) is var inner && rules?.Ignores(inner) != true)
                foreach (var file in Walk(inner, rules, files, depth + 1))
                    yield return file;
    }

    // What kustomize, helm and CI systems keep beside manifests is no manifest; named on its own, it is read all the same.
    private static bool IsManifest(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" or ".json"
        && Path.GetFileName(path) is var name && !name.StartsWith('.')
        && name is not ("kustomization.yaml" or "kustomization.yml" or "Chart.yaml" or "values.yaml" or "package.json" or "package-lock.json");

    private static ManifestSource Missing(string path, IFileTree files)
    {
        var slash = path.TrimEnd('/').LastIndexOf('/');
        var directory = slash < 0 ? "." : slash == 0 ? "/" : path[..slash];
        var name = path.TrimEnd('/')[(slash + 1)..];
        if (!files.IsDirectory(directory))
            return ManifestSource.Missing(path, "no such file or directory", $"The directory {directory} does not exist, either.");
        var near = Nearest.To(name, files.FilesIn(directory).Concat(files.DirectoriesIn(directory)));
        return ManifestSource.Missing(path, "no such file or directory",
            near is null ? "Check the path." : $"Did you mean {(slash < 0 ? near : Join(directory, near))}?");
    }
}
