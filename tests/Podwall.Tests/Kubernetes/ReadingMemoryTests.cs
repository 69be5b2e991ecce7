using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

/// <summary>Reading again with a memory finds what reading afresh finds.</summary>
public sealed class ReadingMemoryTests
{
    private const string Shared = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: shared, namespace: n, labels: &l {app: x, tier: y}, annotations: *l}\nspec: {containers: [{name: c}]}\n";
    private const string Generated = "---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: g-, namespace: n}\nspec: {containers: [{name: c}]}\n";
    private const string Faulty = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: Not_A_Name, namespace: n, labels: {app: \"-\"}}\nspec: {containers: [{name: c}]}\n";
    private const string Policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: n}\nspec: {podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}\n";
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
        { Text("a", "b"), Text("b", "a") },
        { Shared + Text("a", "b"), "\n" + Shared + Text("a", "c") },
        { Generated + Generated, "\n" + Generated + Generated },
        { Text("a", "b") + Generated, Text("a", "b").Replace("kind: Pod", "kind: Not") + Generated + Generated },
        { Faulty, "\n" + Faulty },
        { Faulty + Policy, Faulty + Policy.Replace("80", "81") },
        { Policy, "\n\n" + Policy },
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
            Assert.Equal(afresh.Snapshot.Policies, again.Snapshot.Policies);
            foreach (var rule in afresh.Snapshot.Policies.Select(p => new RuleId(p.Id, Direction.Ingress, 0)))
                Assert.Equal(afresh.Sources.OfPeer(rule, 0), again.Sources.OfPeer(rule, 0));
        }
    }

    private static string Text(string first, string second) =>
        Pod.Replace("NAME", "one").Replace("VALUE", first) + Pod.Replace("NAME", "two").Replace("VALUE", second);
}
