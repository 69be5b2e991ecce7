using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>Other names, put into every scenario's files.</summary>
public sealed class RenamingTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void A_renamed_scenario_decides_as_the_shipped_one(string folder)
    {
        var shipped = GuideScenario.Read(folder);
        Renaming other = new(shipped.Namespaces.ToDictionary(n => n, n => $"x-{n}"), shipped.Labels.ToDictionary(l => l, l => $"x-{l.Value}"));
        Assert.Null(shipped.Objection(other));
        var renamed = GuideScenario.Read(folder, other);
        Assert.Null(renamed.Problem);
        foreach (var (mine, theirs) in shipped.Steps.Zip(renamed.Steps))
        {
            var (was, now) = (mine.State.Matrix(new("pod")), theirs.State.Matrix(new("pod")));
            var order = was.Senders.SkipLast(1).Select(e => now.Senders.Select((o, i) => (o.Name, i)).First(o => o.Name == Renamed(e.Name)).i).ToArray();
            for (var from = 0; from < order.Length; from++)
                for (var to = 0; to < order.Length; to++)
                    Assert.Equal(was.Rows[from][to].Full, now.Rows[order[from]][order[to]].Full);
            // Nothing of the old values is left, on pods, on namespaces, or in selectors.
            Assert.Equal(
                mine.State.Compiled.Snapshot.Pods.Select(p => string.Join(',', p.Labels.Select(l => $"{l.Key}={other.Label(l.Key, l.Value)}"))),
                mine.State.Compiled.Snapshot.Pods.Select(p => $"{theirs.State.Compiled.Snapshot.Find(new Podwall.Policy.PodId(other.Namespace(p.Namespace), p.Id.Name))!.Labels}"));
            Assert.DoesNotContain(theirs.State.Compiled.Snapshot.Policies.SelectMany(GuideScenario.Selectors).SelectMany(s => s.Requirements).OfType<Podwall.Policy.Requirement.OneOf>(),
                r => r.Values.AsEnumerable().Any(v => other.Labels.ContainsKey((r.Key, v))));
        }

        string Renamed(string pod) => $"{other.Namespace(pod[..pod.IndexOf('/')])}{pod[pod.IndexOf('/')..]}";
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Names_that_would_merge_what_policies_tell_apart_are_refused(string folder)
    {
        var shipped = GuideScenario.Read(folder);
        foreach (var values in shipped.Labels.GroupBy(l => l.Key).Where(g => g.Count() > 1))
            Assert.Contains($"would both be {values.Key}=same", shipped.Objection(new(new Dictionary<string, string>(), values.ToDictionary(l => l, _ => "same"))));
        foreach (var name in shipped.Namespaces.Skip(1))
            Assert.Contains("Two namespaces cannot have one name", shipped.Objection(new(new Dictionary<string, string> { [name] = shipped.Namespaces.First() }, new Dictionary<(string, string), string>())));
    }

    [Fact]
    public void A_value_that_no_policy_asks_about_is_in_use_all_the_same()
    {
        var shipped = GuideScenario.Read("k8s/labs/security");
        Assert.Contains("would both be app=stranger", shipped.Objection(new(new Dictionary<string, string>(), new Dictionary<(string, string), string> { [("app", "k8slearning")] = "stranger" })));
        Assert.Contains("Two namespaces cannot have one name", shipped.Objection(new(new Dictionary<string, string> { ["prod"] = "default" }, new Dictionary<(string, string), string>())));
    }

    [Fact]
    public void Two_names_may_change_places()
    {
        Renaming swap = new(new Dictionary<string, string> { ["dev"] = "prod", ["prod"] = "dev" }, new Dictionary<(string, string), string> { [("app", "web")] = "shop", [("env", "a")] = "b", [("env", "b")] = "a" });
        Assert.Equal("metadata: {name: web, namespace: dev, labels: {app: shop}} # prod", swap.Apply("metadata: {name: web, namespace: prod, labels: {app: web}} # prod"));
        Assert.Equal("kind: Namespace\nmetadata:\n  name: dev", swap.Apply("kind: Namespace\nmetadata:\n  name: prod"));
        Assert.Equal("- {from: prod/*, to: dev/web, ports: [80/tcp], is: deny}", swap.Apply("- {from: dev/*, to: prod/web, ports: [80/tcp], is: deny}"));
        Assert.Equal("  - key: env\n    operator: In\n    values: [b, a, c]", swap.Apply("  - key: env\n    operator: In\n    values: [a, b, c]"));
        Assert.Equal("  labels:\n    env: b\n  env: a", swap.Apply("  labels:\n    env: a\n  env: a"));
        Assert.Equal("- name: kubectl label namespace dev env=b", swap.Apply("- name: kubectl label namespace prod env=a"));
    }
}
