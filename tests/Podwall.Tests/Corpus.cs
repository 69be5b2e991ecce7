using System.Text.Json;

namespace Podwall.Tests;

/// <summary>
/// The cases that lie beside the checkout, in <c>shared/corpus</c>. Without them the tests that need them are skipped;
/// with <c>PODWALL_STRICT=1</c> they fail.
/// </summary>
internal static class Corpus
{
    private const string Absent = "(no corpus)";

    public static string? Directory { get; } = Find();

    /// <summary>The folder, or the end of the test.</summary>
    public static string Require()
    {
        if (Directory is { } found)
            return found;
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PODWALL_STRICT") == "1", "shared/corpus does not lie beside the checkout");
        throw new InvalidOperationException("PODWALL_STRICT=1 asks for shared/corpus beside the checkout, and it is not there.");
    }

    /// <summary>The cases of a subset that have manifests; one row that says so where the corpus is absent.</summary>
    public static IEnumerable<string> Cases(params IEnumerable<string> subsets) => Directory is not { } root
        ? [Absent]
        : subsets.SelectMany(s => System.IO.Directory.EnumerateFiles(Path.Combine(root, s), "expected.json", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(root, Path.GetDirectoryName(f)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Require(), path))).RootElement;

    public static JsonElement Expected(string id) => Json(Path.Combine(id, "expected.json"));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Directory.Exists(Path.Combine(folder.FullName, "shared", "corpus")))
                return Path.Combine(folder.FullName, "shared", "corpus");
        return null;
    }
}
