using System.Text.RegularExpressions;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>What the commands of the guide do and say, line by line, held against the engine and the files.</summary>
public sealed partial class CommandsTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void Commands_lead_from_any_earlier_step_to_this_one(string folder)
    {
        var scenario = GuideScenario.Read(folder);
        foreach (var (step, index) in scenario.Steps.Select((s, i) => (s, i)))
        {
            var commands = Commands.ToApply(scenario, step).ToArray();
            // From nothing, and from all that earlier steps have left behind.
            foreach (var earlier in (IEnumerable<GuideStep>[])[[], scenario.Steps.Take(index)])
            {
                var policies = earlier.SelectMany(s => s.State.Compiled.Snapshot.Policies).GroupBy(p => p.Id).ToDictionary(p => p.Key, p => p.Last());
                var cluster = Snapshot.Empty;
                foreach (var command in commands)
                    Run(command.Line);
                Assert.Equal(step.State.Compiled.Snapshot.Policies, policies.Values.OrderBy(p => p.Id.Namespace, StringComparer.Ordinal).ThenBy(p => p.Id.Name, StringComparer.Ordinal));
                Assert.Equal(step.State.Compiled.Snapshot.Namespaces.Select(n => (n.Name, n.Labels)), cluster.Namespaces.Select(n => (n.Name, n.Labels)));
                Assert.Equal(step.State.Compiled.Snapshot.Pods, cluster.Pods);

                void Run(string line)
                {
                    if (Applies().Match(line) is { Success: true } applies)
                    {
                        var read = ManifestReader.Read(("file.yaml", File.ReadAllText(Checkout.At(applies.Groups["file"].Value))));
                        foreach (var policy in read.Snapshot.Policies)
                            policies[policy.Id] = policy;
                        if (read.Snapshot.Pods.Any())
                            cluster = read.Snapshot;
                    }
                    else if (Deletes().Match(line) is { Success: true } deletes)
                    {
                        foreach (var name in deletes.Groups["names"].Value.Split(' '))
                            policies.Remove(new(deletes.Groups["ns"].Value, name));
                    }
                    else
                    {
                        var labels = SetsLabels().Match(line);
                        Assert.True(labels.Success, $"{line} is no command that is known here");
                        cluster = Labelled(cluster, labels);
                    }
                }
            }
        }
    }

    // kubectl refuses another value for a label that is there, unless it is told to overwrite it.
    private static Snapshot Labelled(Snapshot cluster, Match command)
    {
        var name = command.Groups["name"].Value;
        var edits = command.Groups["edits"].Value.Trim().Split(' ').Select(e => e.EndsWith('-') ? new LabelEdit(e[..^1], null) : new LabelEdit(e[..e.IndexOf('=')], e[(e.IndexOf('=') + 1)..])).ToValueList();
        var known = command.Groups["ns"].Success ? cluster.Find(new PodId(command.Groups["ns"].Value, name))!.Labels : cluster.Find(name)!.Labels;
        Assert.Equal(command.Groups["overwrite"].Success, edits.AsEnumerable().Any(e => e.Value is not null && known[e.Key] is { } value && value != e.Value));
        return (command.Groups["ns"].Success ? (LabelChange)new LabelChange.OfPod(new(command.Groups["ns"].Value, name), edits) : new LabelChange.OfNamespace(name, edits)).ApplyTo(cluster);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void A_try_ends_as_the_command_says(string folder)
    {
        var scenario = GuideScenario.Read(folder);
        foreach (var step in scenario.Steps)
            foreach (var command in Commands.ToVerify(scenario, step))
                if (Tries().Match(command.Line) is { Success: true } tries)
                    AssertTry(step, tries, command.Does);
                else if (Asks().Match(command.Line) is { Success: true } asks)
                    Assert.Equal(command.Does == "DNS answers", Resolves(step, PodOf(step, asks)));
                else if (Describes().Match(command.Line) is { Success: true } describes)
                    Assert.NotNull(step.State.Compiled.Snapshot.Find(new PolicyId(describes.Groups["ns"].Value, describes.Groups["name"].Value)));
                else
                    Assert.Equal($"podwall lab run {folder}", command.Line);
    }

    private static void AssertTry(GuideStep step, Match tries, string says)
    {
        var from = PodOf(step, tries);
        var port = ushort.Parse(tries.Groups["port"].Value, System.Globalization.CultureInfo.InvariantCulture);
        IEnumerable<(Pod Pod, int Port)> targets = [(step.State.Compiled.Snapshot.Find(new PodId(tries.Groups["targetNs"].Value, tries.Groups["target"].Value))!, port)];
        if (tries.Groups["service"].Success)
        {
            Assert.True(Resolves(step, from), $"{step.Name}: {tries.Value} uses a name, which {from} cannot resolve");
            var service = step.State.Manifests.Services.AsEnumerable().Single(s => s.Namespace == tries.Groups["serviceNs"].Value && s.Name == tries.Groups["service"].Value);
            targets = step.State.Compiled.Snapshot.Pods.Where(p => p.Namespace == service.Namespace && service.Selector!.All(l => p.Labels[l.Key] == l.Value))
                .Select(p => (p, Questions.ResolveService(service, step.State.Compiled.At(p), new(Protocol.Tcp, port, null), out var behind) is null ? behind.Port : 0)).Where(t => t.Item2 > 0);
        }

        // A Service would choose among several pods.
        var (to, at) = Assert.Single(targets);
        Assert.NotEqual(from.Id, to.Id);
        Assert.Contains(to.Ports.AsEnumerable(), p => p.Protocol == Protocol.Tcp && p.Number == at);
        Assert.Empty(step.State.Compiled.Explain(new(step.State.Compiled.At(from), step.State.Compiled.At(to), Protocol.Tcp, at)).Assumed);
        Assert.Equal(says == "is let through", step.State.Compiled.Decide(new(step.State.Compiled.At(from), step.State.Compiled.At(to), Protocol.Tcp, at)).IsAllowed);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Where_pods_can_show_a_verdict_a_command_does(string folder)
    {
        var scenario = GuideScenario.Read(folder);
        foreach (var step in scenario.Steps)
        {
            var engine = step.State.Compiled;
            var pods = engine.Snapshot.Pods.Where(p => p.Namespace != "kube-system").ToArray();
            var can = pods.SelectMany(f => pods.Where(t => t.Id != f.Id).SelectMany(t => t.Ports.AsEnumerable().Where(p => p.Protocol == Protocol.Tcp).Select(p => engine.Explain(new(engine.At(f), engine.At(t), Protocol.Tcp, p.Number))))).Where(e => e.Assumed.Count == 0).Select(e => e.Verdict == Verdict.Allow).ToHashSet();
            var shown = Commands.ToVerify(scenario, step).Where(c => c.Line.Contains("wget", StringComparison.Ordinal)).Select(c => c.Does == "is let through");
            Assert.Equal(can.Order(), shown.Order());
        }
    }

    [Fact]
    public void The_fence_of_a_namespace_is_tried_by_a_pod_of_each_side()
    {
        var scenario = GuideScenario.Read("k8s/labs/security");
        var lines = Commands.ToVerify(scenario, scenario.Steps[^1]).Select(c => $"{c.Line}: {c.Does}").ToArray();
        Assert.Contains("kubectl exec -it client -n prod -- wget -qO- --timeout=2 http://web.prod:80: is let through", lines);
        Assert.Contains("kubectl exec -it learner -n dev -- wget -qO- --timeout=2 http://web.prod:80: times out", lines);
    }

    [Fact]
    public void Labels_are_set_by_the_very_commands_that_steps_are_called()
    {
        foreach (var scenario in ScenarioFiles.Scenarios.Select(s => GuideScenario.Read(s)))
            foreach (var step in scenario.Steps.Where(s => s.Name.Contains("kubectl label", StringComparison.Ordinal)))
                Assert.Contains(Commands.ToApply(scenario, step), c => step.Name.EndsWith(c.Line, StringComparison.Ordinal));
    }

    [Fact]
    public void Under_other_names_the_files_of_the_page_are_applied_and_not_the_shipped_ones()
    {
        var shipped = GuideScenario.Read("k8s/reference/service-port");
        var renamed = GuideScenario.Read(shipped.Folder, new(shipped.Namespaces.ToDictionary(n => n, n => $"x-{n}"), new Dictionary<(string, string), string>()));
        var step = renamed.Steps[^1];
        var lines = Commands.ToApply(renamed, step).Concat(Commands.ToVerify(renamed, step)).Select(c => c.Line).ToArray();
        Assert.Contains("kubectl apply -f scenario-cluster.yaml", lines);
        Assert.Contains("kubectl apply -f fix-api.yaml", lines);
        Assert.DoesNotContain(lines, l => l.Contains("k8s/", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("-n x-apps", StringComparison.Ordinal));
        foreach (var files in ScenarioFiles.Scenarios.Select(s => GuideScenario.Read(s)).Select(s => s.Policies.Append(s.Cluster).Select(p => p.SavedAs).ToArray()))
            Assert.Equal(files.Distinct().Count(), files.Length);
    }

    private static Pod PodOf(GuideStep step, Match command) => step.State.Compiled.Snapshot.Find(new PodId(command.Groups["ns"].Value, command.Groups["pod"].Value))!;

    // Without DNS pods in the scenario, only a pod whose egress nothing closes is sure of an answer.
    private static bool Resolves(GuideStep step, Pod pod)
    {
        var engine = step.State.Compiled;
        var dns = engine.Snapshot.Pods.Where(p => p.Namespace == "kube-system" && p.Labels["k8s-app"] == "kube-dns").ToArray();
        return dns.Length == 0 ? engine.At(pod).IsolatedBy(Direction.Egress).Count == 0 : dns.All(d => engine.Decide(new(engine.At(pod), engine.At(d), Protocol.Udp, 53)).IsAllowed);
    }

    [GeneratedRegex("^kubectl apply -f (?<file>k8s/[a-z0-9/.-]+)$")]
    private static partial Regex Applies();

    [GeneratedRegex("^kubectl delete networkpolicy (?<names>[a-z0-9. -]+) -n (?<ns>[a-z0-9-]+) --ignore-not-found$")]
    private static partial Regex Deletes();

    [GeneratedRegex("^kubectl label (?:namespace (?<name>[a-z0-9-]+)|pod (?<name>[a-z0-9-]+) -n (?<ns>[a-z0-9-]+))(?<edits>(?: [a-z0-9./-]+(?:=[A-Za-z0-9._-]+|-))+?)(?<overwrite> --overwrite)?$")]
    private static partial Regex SetsLabels();

    [GeneratedRegex(@"^kubectl exec -it (?<pod>[a-z0-9-]+) -n (?<ns>[a-z0-9-]+) -- wget -qO- --timeout=2 http://(?:(?<service>[a-z0-9-]+)\.(?<serviceNs>[a-z0-9-]+)|\$\(kubectl get pod (?<target>[a-z0-9-]+) -n (?<targetNs>[a-z0-9-]+) -o jsonpath='\{\.status\.podIP\}'\)):(?<port>\d+)$")]
    private static partial Regex Tries();

    [GeneratedRegex("^kubectl exec -it (?<pod>[a-z0-9-]+) -n (?<ns>[a-z0-9-]+) -- nslookup kubernetes.default$")]
    private static partial Regex Asks();

    [GeneratedRegex("^kubectl describe networkpolicy (?<name>[a-z0-9.-]+) -n (?<ns>[a-z0-9-]+)$")]
    private static partial Regex Describes();
}
