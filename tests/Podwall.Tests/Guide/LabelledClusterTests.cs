using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>A step of a scenario, opened in the playground, has the labels of that step.</summary>
public sealed class LabelledClusterTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void The_text_of_every_step_reads_as_the_step(string folder)
    {
        var scenario = GuideScenario.Read(folder);
        foreach (var step in scenario.Steps)
        {
            var text = LabelledCluster.Of(scenario.Cluster.Text, step.State.Compiled.Snapshot);
            Assert.Equal(Labels(step.State.Compiled.Snapshot), Labels(ManifestReader.Read((scenario.Cluster.Path, text)).Snapshot));
            if (step.Step.Labels.Count == 0 && scenario.Steps.TakeWhile(s => s != step).All(s => s.Step.Labels.Count == 0))
                Assert.Equal(scenario.Cluster.Text, text);
        }

        static IEnumerable<string> Labels(Snapshot snapshot) =>
            snapshot.Namespaces.SelectMany(n => n.Pods.Select(p => $"{p.Id} {p.Labels}").Prepend($"{n.Name} {n.Labels}"));
    }
}
