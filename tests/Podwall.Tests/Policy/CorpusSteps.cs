using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>A recorded step: the cluster after it, and what must hold then.</summary>
internal sealed record CorpusStep(Compiled Compiled, IReadOnlyList<JsonElement> Probes)
{
    /// <summary>Every recorded verdict, one by one.</summary>
    public IEnumerable<CorpusVerdict> Verdicts => Probes.SelectMany(Expand);

    private IEnumerable<CorpusVerdict> Expand(JsonElement probe)
    {
        Assert.True(ProtocolNames.TryParse(probe.GetProperty("protocol").GetString(), out var protocol));
        var port = probe.GetProperty("port").GetInt32();
        if (probe.TryGetProperty("allowed", out var allowed) && allowed.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return [new(probe.GetProperty("from").GetString()!, probe.GetProperty("to").GetString()!, protocol, port, allowed.GetBoolean())];
        var allowedByDefault = probe.GetProperty("default").GetString() == "allowed";
        var exceptions = probe.GetProperty(allowedByDefault ? "denied" : "allowed").EnumerateArray().Select(p => (p[0].GetString()!, p[1].GetString()!)).ToHashSet();
        return
            from source in Compiled.Snapshot.Pods
            from destination in Compiled.Snapshot.Pods
            where source != destination
            select new CorpusVerdict($"{source}", $"{destination}", protocol, port, allowedByDefault != exceptions.Contains(($"{source}", $"{destination}")));
    }
}

/// <summary>What was recorded of one flow; its ends are pods (<c>ns/name</c>) or addresses.</summary>
internal sealed record CorpusVerdict(string From, string To, Protocol Protocol, int Port, bool Allowed);

/// <summary>Truth tables and probes, step by step.</summary>
internal static class CorpusSteps
{
    private static readonly string[] AdminKinds = ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"];

    public static TheoryData<string> Cases => [.. Corpus.Cases("k8s-e2e", "cyclonus", "recipes", "spec-edge", "network-policy-api").Where(UsesNetworkPolicyOnly)];

    /// <summary>The steps of a case; <paramref name="prepare"/> sees each cluster before it is compiled.</summary>
    public static IEnumerable<CorpusStep> Of(string id, Func<Snapshot, Snapshot>? prepare = null)
    {
        var expected = Corpus.Expected(id);
        var cluster = Read(id, "cluster.yaml");
        foreach (var step in expected.GetProperty("steps").EnumerateArray())
        {
            cluster = step.GetProperty("actions").EnumerateArray().Aggregate(cluster, Apply);
            var snapshot = WithPolicies(cluster, Read(id, step.GetProperty("policies").GetString()!));
            yield return new(Compiled.Compile(prepare?.Invoke(snapshot) ?? snapshot), [.. step.GetProperty("probes").EnumerateArray()]);
        }
    }

    public static Endpoint End(Compiled compiled, string name) => Address.TryParse(name, out var address)
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
