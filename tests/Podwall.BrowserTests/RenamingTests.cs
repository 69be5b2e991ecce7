using Podwall.Web.Guide;

namespace Podwall.BrowserTests;

/// <summary>Other names, put into every scenario's files.</summary>
public sealed class RenamingTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void A_renamed_scenario_decides_as_the_shipped_one(string folder)
    {
        var shipped = GuideScenario.Read(folder);
        var names = shipped.Steps[^1].State.Compiled.Snapshot.Namespaces.Select(n => n.Name).Where(n => n is not ("kube-system" or "default"))
            .ToDictionary(n => n, n => $"x-{n}");
        var renamed = GuideScenario.Read(folder, new(names, new Dictionary<(string, string), string>()));
        Assert.Null(renamed.Problem);
        foreach (var (mine, other) in shipped.Steps.Zip(renamed.Steps))
        {
            var (was, now) = (mine.State.Matrix(new("pod")), other.State.Matrix(new("pod")));
            var order = was.Ends.Select(e => now.Ends.Select((o, i) => (o.Name, i)).First(o => o.Name == Renamed(e.Name)).i).ToArray();
            for (var from = 0; from < was.Rows.Count; from++)
                for (var to = 0; to < was.Rows.Count; to++)
                    Assert.Equal(was.Rows[from][to].Full, now.Rows[order[from]][order[to]].Full);
        }

        string Renamed(string pod) => names.TryGetValue(pod[..pod.IndexOf('/')], out var name) ? $"{name}{pod[pod.IndexOf('/')..]}" : pod;
    }

    [Fact]
    public void Two_names_may_change_places()
    {
        Renaming swap = new(new Dictionary<string, string> { ["dev"] = "prod", ["prod"] = "dev" }, new Dictionary<(string, string), string> { [("app", "web")] = "shop" });
        Assert.Equal("metadata: {name: web, namespace: dev, labels: {app: shop}} # prod", swap.Apply("metadata: {name: web, namespace: prod, labels: {app: web}} # prod"));
        Assert.Equal("kind: Namespace\nmetadata:\n  name: dev", swap.Apply("kind: Namespace\nmetadata:\n  name: prod"));
        Assert.Equal("- {from: prod/*, to: dev/web, ports: [80/tcp], is: deny}", swap.Apply("- {from: dev/*, to: prod/web, ports: [80/tcp], is: deny}"));
    }
}
