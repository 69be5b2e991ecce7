using System.Text;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;

namespace Podwall.Tests.Linting;

/// <summary>What lint finds in every manifest of the corpus, by rule and case; read through for false alarms.</summary>
public sealed class CorpusFindingsTests
{
    public static TheoryData<string> Subsets => ["cyclonus", "k8s-e2e", "network-policy-api", "np-guard", "np-guard-admin", "np-guard-invalid", "recipes", "spec-edge", "spec-validation"];

    [Theory, MemberData(nameof(Subsets))]
    public void The_findings_of_the_corpus_are_as_recorded(string subset)
    {
        var root = Path.Combine(Corpus.Require(), subset);
        StringBuilder text = new(), full = new();
        foreach (var folder in Directory.EnumerateFiles(root, "expected.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).Order(StringComparer.Ordinal))
            foreach (var (name, files) in Inputs(folder))
            {
                var manifests = ManifestReader.Read(files.Select(f => new ManifestSource(Path.GetRelativePath(folder, f), () => File.OpenRead(f))), new ReadingOptions { Lenient = true });
                var report = Linter.Run(manifests);
                var counts = report.Findings.CountBy(f => f.Finding.Rule).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}");
                text.Append($"{Path.GetRelativePath(root, folder)}{name}: {string.Join(", ", counts.DefaultIfEmpty("nothing"))}\n");
                full.Append($"{Path.GetRelativePath(root, folder)}{name}\n{string.Concat(Lint.Lines(report, "").Select(l => $"  {l}\n"))}");
            }

        if (Environment.GetEnvironmentVariable("PODWALL_LINT_FULL") is { Length: > 0 } place)
            File.WriteAllText(Path.Combine(place, $"corpus-{subset}-full.txt"), full.ToString());
        Lint.AssertGolden($"corpus-{subset}.txt", text.ToString());
    }

    private static IEnumerable<(string Name, IEnumerable<string> Files)> Inputs(string folder)
    {
        var manifests = Path.Combine(folder, "manifests");
        if (Directory.Exists(manifests))
            return [("", Files(manifests))];
        var cluster = Path.Combine(folder, "cluster.yaml");
        return Directory.EnumerateFiles(folder, "policies*.yaml").Order(StringComparer.Ordinal)
            .Select(p => ($" {Path.GetFileNameWithoutExtension(p)}", File.Exists(cluster) ? (IEnumerable<string>)[cluster, p] : [p]));
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetExtension(f) is ".yaml" or ".yml" or ".json").Order(StringComparer.Ordinal);
}
