using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

/// <summary>Reading again with a memory finds what reading afresh finds.</summary>
public sealed class ReadingMemoryTests
{
    private const string Pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: n, labels: {app: VALUE}}\nspec: {containers: [{name: c}]}\n";

    public static TheoryData<string, string> Edits => new()
    {
        { Text("a", "b"), Text("a", "c") },
        { Text("a", "b"), "\n\n" + Text("a", "b") },
        { Text("a", "b"), Text("a", "b") + "---\nbroken: [\n" },
        { Text("a", "b") + "---\nbroken: [\n", Text("a", "b") },
        { Text("y", "b"), Text("y", "c") },
        { Text("y", "b"), Text("y", "b") },
        { Text("a", "b"), "" },
        { Text("a", "a"), Text("a", "a") },
    };

    [Theory, MemberData(nameof(Edits))]
    public void The_same_is_found_at_the_same_places(string before, string after)
    {
        ReadingOptions remembering = new() { Memory = new() };
        foreach (var text in (string[])[before, after, before])
        {
            var again = ManifestReader.Read([ManifestSource.OfText("f.yaml", text)], remembering);
            var afresh = ManifestReader.Read([ManifestSource.OfText("f.yaml", text)]);
            Assert.Equal(afresh.Diagnostics, again.Diagnostics);
            Assert.Equal(afresh.Snapshot.Pods, again.Snapshot.Pods);
            foreach (var pod in afresh.Snapshot.Pods)
                Assert.Equal(afresh.Sources.Of(pod.Id), again.Sources.Of(pod.Id));
        }
    }

    private static string Text(string first, string second) =>
        Pod.Replace("NAME", "one").Replace("VALUE", first) + Pod.Replace("NAME", "two").Replace("VALUE", second);
}
