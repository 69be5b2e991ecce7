using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>Truth tables and probes: every ordered pair, protocol and port, after every step.</summary>
public sealed class CorpusProbes
{
    private static readonly string[] AdminKinds = ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"];

    public static TheoryData<string> Cases => [.. Corpus.Cases("k8s-e2e", "cyclonus", "recipes", "spec-edge", "network-policy-api").Where(UsesNetworkPolicyOnly)];

    [Theory, MemberData(nameof(Cases))]
    public void Every_verdict_is_the_recorded_one(string id)
    {
        var expected = Corpus.Expected(id);
        var cluster = Read(id, "cluster.yaml");
        foreach (var step in expected.GetProperty("steps").EnumerateArray())
        {
            cluster = step.GetProperty("actions").EnumerateArray().Aggregate(cluster, Apply);
            var compiled = Compiled.Compile(WithPolicies(cluster, Read(id, step.GetProperty("policies").GetString()!)));
            foreach (var probe in step.GetProperty("probes").EnumerateArray())
            {
                if (probe.TryGetProperty("allowed", out var allowed) && allowed.ValueKind is JsonValueKind.True or JsonValueKind.False)
                    AssertVerdict(compiled, Text(probe, "from"), Text(probe, "to"), probe, allowed.GetBoolean());
                else
                    AssertTable(compiled, probe);
            }
        }
    }

    private static void AssertTable(Compiled compiled, JsonElement table)
    {
        var allowedByDefault = Text(table, "default") == "allowed";
        var exceptions = table.GetProperty(allowedByDefault ? "denied" : "allowed").EnumerateArray().Select(p => (p[0].GetString()!, p[1].GetString()!)).ToHashSet();
        foreach (var from in compiled.Snapshot.Pods)
            foreach (var to in compiled.Snapshot.Pods.Where(p => p != from))
            {
                AssertVerdict(compiled, $"{from}", $"{to}", table, allowedByDefault != exceptions.Contains(($"{from}", $"{to}")));
                AssertSide(compiled, from, to, table, "deniedByEgress", d => d.Egress);
                AssertSide(compiled, from, to, table, "deniedByIngress", d => d.Ingress);
            }
    }

    private static void AssertSide(Compiled compiled, Pod from, Pod to, JsonElement table, string name, Func<FlowDecision, Decision> side)
    {
        if (!table.TryGetProperty(name, out var denied))
            return;
        var expected = denied.EnumerateArray().Any(p => p[0].GetString() == $"{from}" && p[1].GetString() == $"{to}");
        Assert.Equal(!expected, side(compiled.Decide(FlowOf(compiled, $"{from}", $"{to}", table))).IsAllowed);
    }

    private static void AssertVerdict(Compiled compiled, string from, string to, JsonElement probe, bool allowed)
    {
        var flow = FlowOf(compiled, from, to, probe);
        Assert.True(compiled.Decide(flow).IsAllowed == allowed, $"{flow}: recorded as {(allowed ? "allowed" : "denied")}, decided {compiled.Decide(flow)}");
    }

    private static Flow FlowOf(Compiled compiled, string from, string to, JsonElement probe)
    {
        Assert.True(ProtocolNames.TryParse(Text(probe, "protocol"), out var protocol));
        return new(End(compiled, from), End(compiled, to), protocol, probe.GetProperty("port").GetInt32());
    }

    private static Endpoint End(Compiled compiled, string name) => Address.TryParse(name, out var address)
        ? compiled.At(address)
        : compiled.At(new PodId(name.Split('/')[0], name.Split('/')[1]))!;

    private static Snapshot Apply(Snapshot cluster, JsonElement action) => Text(action, "op") switch
    {
        "set-namespace-labels" => Edit(cluster, Text(action, "namespace"), b => b.With(labels: LabelsOf(action))),
        "create-namespace" => cluster.With(new(Text(action, "namespace"), LabelsOf(action), [], [])),
        "delete-namespace" => new(cluster.Namespaces.Where(n => n.Name != Text(action, "namespace")), cluster.Nodes),
        "set-pod-labels" => EditPod(cluster, action, p => p with { Labels = LabelsOf(action) }),
        "delete-pod" => EditPod(cluster, action, _ => null),
        "create-pod" => Edit(cluster, PodOf(action).Namespace, b => b.With(pods: b.Pods.Append(NewPod(action)))),
        _ => cluster,
    };

    private static Snapshot Edit(Snapshot cluster, string ns, Func<NamespaceBlock, NamespaceBlock> edit) => cluster.With(edit(cluster.Find(ns)!));

    private static Snapshot EditPod(Snapshot cluster, JsonElement action, Func<Pod, Pod?> edit) =>
        Edit(cluster, PodOf(action).Namespace, b => b.With(pods: b.Pods.Select(p => p.Id == PodOf(action) ? edit(p) : p).OfType<Pod>()));

    private static Pod NewPod(JsonElement action) => new(PodOf(action), LabelsOf(action))
    {
        Addresses = [Address.Parse(Text(action, "ip"))],
        Ports = [.. action.GetProperty("ports").EnumerateArray().Select(p => new ContainerPort(
            p.TryGetProperty("protocol", out var protocol) && ProtocolNames.TryParse(protocol.GetString(), out var parsed) ? parsed : Protocol.Tcp,
            (p.TryGetProperty("containerPort", out var port) ? port : p.GetProperty("port")).GetUInt16(),
            p.TryGetProperty("name", out var name) ? name.GetString() : null))],
    };

    private static PodId PodOf(JsonElement action) => new(Text(action, "pod").Split('/')[0], Text(action, "pod").Split('/')[1]);

    private static Labels LabelsOf(JsonElement action) => Labels.Of(action.GetProperty("labels").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!)));

    private static Snapshot WithPolicies(Snapshot cluster, Snapshot policies) => policies.Namespaces.Aggregate(cluster, (all, block) =>
        all.With((all.Find(block.Name) ?? new NamespaceBlock(block.Name, Labels.None, [], [])).With(policies: block.Policies)));

    private static Snapshot Read(string id, string file)
    {
        var manifests = ManifestReader.Read([(file, File.ReadAllText(Path.Combine(Corpus.Require(), id, file)))]);
        Assert.DoesNotContain(manifests.Diagnostics, d => d.Severity == Severity.Error);
        return manifests.Snapshot;
    }

    private static bool UsesNetworkPolicyOnly(string id) => Corpus.Directory is not { } root
        || !Directory.EnumerateFiles(Path.Combine(root, id), "policies*.yaml").Any(f => AdminKinds.Any(k => File.ReadAllText(f).Contains($"kind: {k}")));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
