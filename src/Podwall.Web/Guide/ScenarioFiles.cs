using System.Reflection;

namespace Podwall.Web.Guide;

/// <summary>The files under <c>k8s/</c>, as they are shipped; a path begins with <c>k8s/</c>.</summary>
public static class ScenarioFiles
{
    private static readonly Assembly Here = typeof(ScenarioFiles).Assembly;

    public static IReadOnlyList<string> Paths { get; } = [.. Here.GetManifestResourceNames().Where(n => n.StartsWith("k8s/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Folders that hold a scenario, such as <c>k8s/tiers/allow-dns</c>.</summary>
    public static IReadOnlyList<string> Scenarios { get; } =
        [.. Paths.Where(p => p.EndsWith("/scenario/expected.yaml", StringComparison.Ordinal)).Select(p => p[..^"/scenario/expected.yaml".Length])];

    public static IEnumerable<string> In(string folder) => Paths.Where(p => p.StartsWith($"{folder}/", StringComparison.Ordinal));

    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static string Read(string path)
    {
        using var stream = Here.GetManifestResourceStream(path) ?? throw new ArgumentException($"There is no {path}.", nameof(path));
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
