using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>What the guide says of each policy is what the engine decides where that policy alone is in force.</summary>
public sealed class PolicySentencesTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void What_is_said_of_a_policy_is_decided(string folder)
    {
        foreach (var step in GuideScenario.Read(folder).Steps)
            foreach (var file in step.Policies)
                foreach (var words in PolicySentences.Of(step.State.Manifests, step.State.Compiled.Snapshot, file.Path))
                    Check(step, step.State.Compiled.Snapshot.Policies.Single(p => p.Id.Name == words.Name && step.State.Manifests.PolicyObjects.AsEnumerable().Any(o => o.Id == p.Id && o.Position.File == file.Path)), words);
    }

    private static void Check(GuideStep step, NetworkPolicy policy, PolicySentences words)
    {
        var all = step.State.Compiled.Snapshot;
        var alone = Compiled.Compile(new(all.Namespaces.Select(n => n.With(policies: n.Policies.Where(p => p.Id == policy.Id))), all.Nodes));
        foreach (var (direction, says, lines) in (ValueTuple<Direction, string, IReadOnlyList<string>>[])[(Direction.Ingress, words.Ingress, words.LetsIn), (Direction.Egress, words.Egress, words.LetsOut)])
        {
            var isolates = says.StartsWith("isolated", StringComparison.Ordinal);
            Assert.Equal(says.EndsWith(':'), lines.Count > 0);
            foreach (var pod in all.Pods.Where(p => !p.UsesHostNetwork))
            {
                var isNamed = pod.Namespace == policy.Id.Namespace && Named(words.Governs).Contains(pod.Id.Name);
                Assert.Equal(isNamed && isolates, alone.At(pod).IsolatedBy(direction).Count > 0);
                if (isNamed)
                    foreach (var flow in Flows(step, alone, pod, direction, lines))
                        AssertDecided(alone, flow, direction, !isolates || lines.Any(l => SentenceReader.Covers(l, all, direction == Direction.Ingress ? flow.From : flow.To, flow.To, flow.Protocol, flow.Port)), words);
            }
        }
    }

    private static void AssertDecided(Compiled alone, Flow flow, Direction direction, bool isSaid, PolicySentences words)
    {
        var explained = alone.Explain(flow);
        var side = direction == Direction.Ingress ? explained.Ingress : explained.Egress;
        Assert.True(side.Decision.IsAllowed == isSaid, $"{words.Name} is said to {(isSaid ? "let through" : "stop")} {flow.From} to {flow.To}, {flow.Protocol} {flow.Port}, and the engine does not");
    }

    // "… (in this cluster: api, web)"; no scenario has more pods than are named.
    private static string[] Named(string governs)
    {
        Assert.DoesNotContain(" more)", governs);
        var at = governs.LastIndexOf("in this cluster: ", StringComparison.Ordinal);
        return at < 0 ? [] : governs[(at + "in this cluster: ".Length)..^1].Split(", ");
    }

    private static IEnumerable<Flow> Flows(GuideStep step, Compiled alone, Pod pod, Direction direction, IReadOnlyList<string> lines)
    {
        var addresses = step.Step.Expect.AsEnumerable().SelectMany(e => (FlowEnd[])[e.From, e.To]).OfType<FlowEnd.Outside>().Select(o => o.Address).Append(Address.Parse("203.0.113.7")).Distinct();
        var ends = alone.Snapshot.Pods.Where(p => p.Id != pod.Id && !p.UsesHostNetwork).Select(p => alone.At(p)).Concat(addresses.Select(a => alone.At(a))).ToArray();
        var ports = lines.SelectMany(SentenceReader.PortsIn).Concat(alone.Snapshot.Pods.SelectMany(p => p.Ports.AsEnumerable().Select(o => (int)o.Number))).Append(9).Where(p => p is > 0 and <= 65535).Distinct().ToArray();
        foreach (var end in ends)
            foreach (var (protocol, port) in ProtocolNames.WithPorts.SelectMany(p => ports.Select(n => (p, n))).Append((Protocol.Icmp, 0)))
                yield return direction == Direction.Ingress ? new(end, alone.At(pod), protocol, port) : new(alone.At(pod), end, protocol, port);
    }
}
