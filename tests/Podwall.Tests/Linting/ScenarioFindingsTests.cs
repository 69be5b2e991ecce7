using System.Text;
using Podwall.Kubernetes.Linting;
using Podwall.Tests.Scenarios;

namespace Podwall.Tests.Linting;

/// <summary>The five mistakes are found in their wrong form and not in their right one, and nothing else is found that is not so.</summary>
public sealed class ScenarioFindingsTests
{
    [Fact]
    public void The_findings_of_every_scenario_are_as_recorded()
    {
        StringBuilder text = new();
        foreach (var scenario in ScenarioSteps.Names)
            foreach (var (step, index) in ScenarioSteps.Read(scenario).Steps.Select((s, i) => (s, i)).Where(s => s.s.Apply.Count > 0))
            {
                text.Append($"{scenario} step {index + 1}: {step.Name}\n");
                foreach (var line in Lint.Lines(Linter.Run(ScenarioSteps.Manifests(scenario, [.. step.Apply, "scenario/cluster.yaml"])), scenario))
                    text.Append($"  {line}\n");
            }

        Lint.AssertGolden("scenarios.txt", text.ToString());
    }

    [Theory]
    [InlineData("k8s/mistakes/egress-without-dns", "egress-without-dns", "web-to-api.yaml", "fix/allow-dns.yaml")]
    [InlineData("k8s/mistakes/and-or-confusion", "and-or-confusion", "api-from-workers.yaml", "")]
    [InlineData("k8s/mistakes/namespace-label-missing", "namespace-selector-matches-nothing", "metrics.yaml", "")]
    [InlineData("k8s/mistakes/policy-types-forgotten", "direction-forgotten", "backend.yaml", "")]
    [InlineData("k8s/tiers/allow-dns-two-peers", "and-or-confusion", "allow-dns-two-peers.yaml", "../allow-dns/allow-dns.yaml")]
    public void A_mistake_is_found_in_its_wrong_form_only(string scenario, string rule, string wrong, string beside)
    {
        string[] right = beside.Length == 0 ? [$"fix/{wrong}"] : beside.StartsWith("..", StringComparison.Ordinal) ? [beside] : [wrong, beside];
        Assert.Contains(Run(scenario, wrong).Counting, f => f.Finding.Rule == rule && f.Position!.Value.File == wrong && f.Finding.Examples.Count > 0 && f.Finding.Fix.Length > 0);
        Assert.DoesNotContain(Run(scenario, right).Counting, f => f.Finding.Rule == rule);
    }

    [Fact]
    public void A_cluster_in_which_nothing_enforces_policies_is_known_by_its_nodes()
    {
        const string node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n";
        var scenario = File.ReadAllText(Checkout.At("k8s/mistakes/nothing-enforces/default-deny-ingress.yaml")) + "\n---\n" + File.ReadAllText(Checkout.At("k8s/mistakes/nothing-enforces/scenario/cluster.yaml"));
        Assert.Contains("no workload is known to enforce", Lint.One("no-enforcer", node + scenario).Finding.Message, StringComparison.Ordinal);
        Assert.Empty(Lint.Find("no-enforcer", scenario));
        Assert.Empty(Lint.Find("no-enforcer", node + scenario + "\n---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: podwall-agent, namespace: kube-system}\nspec: {template: {spec: {hostNetwork: true, containers: []}}}\n"));
        Assert.Equal(Podwall.Policy.Linting.LintSeverity.Note, Lint.One("no-enforcer", node + scenario + "\n---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-flannel-ds, namespace: kube-flannel}\nspec: {template: {spec: {containers: []}}}\n").Severity);
    }

    private static LintReport Run(string scenario, params string[] files) => Linter.Run(ScenarioSteps.Manifests(scenario, [.. files, "scenario/cluster.yaml"]));
}
