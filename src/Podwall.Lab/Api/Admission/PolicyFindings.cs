using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Linting;
using Podwall.Lab.Store;
using Podwall.Policy.Linting;

namespace Podwall.Lab.Api.Admission;

/// <summary>
/// What lint finds in a policy that somebody writes, in the cluster as it then is; a line each. As in files, what is missing may
/// still come: nothing is said of pods in a namespace that holds none.
/// </summary>
internal sealed class PolicyFindings(ObjectStore store)
{
    // Each writing reads the cluster anew; in one that is larger, podwall lint answers.
    private const int MostPods = 1_000;

    private static readonly ResourceType[] Kinds =
    [
        ResourceType.Namespaces, ResourceType.Nodes, ResourceType.Pods, ResourceType.Services, ResourceType.Deployments, ResourceType.ReplicaSets,
        ResourceType.StatefulSets, ResourceType.DaemonSets, ResourceType.Jobs, ResourceType.NetworkPolicies,
    ];

    public IEnumerable<string> On(ResourceType type, StoredObject? before, StoredObject after)
    {
        if (type != ResourceType.NetworkPolicies || JsonNode.DeepEquals(before?.ToTree()["spec"], after.ToTree()["spec"]) || store.View(ResourceType.Pods).Objects.Count > MostPods)
            return [];
        LintPlace place = new(type.Kind, after.Name.Namespace, after.Name.Name);
        return Linter.Run(ManifestReader.Read(Sources(after))).Counting
            .Where(f => f.Severity >= LintSeverity.Warning && f.Finding.Place with { Field = "" } == place)
            .Select(f => $"{(f.Finding.Place.Field is { Length: > 0 } field ? $"{field}: " : "")}{f.Finding.Message} (podwall lint: {f.Finding.Rule})");
    }

    // A trial run is not stored.
    private IEnumerable<ManifestSource> Sources(StoredObject written) => Kinds
        .SelectMany(k => store.View(k).Objects, (kind, stored) => (Kind: kind, Stored: stored))
        .Where(o => o.Kind != ResourceType.NetworkPolicies || o.Stored.Name != written.Name)
        .Select(o => Source(o.Kind, o.Stored.Json))
        .Append(Source(ResourceType.NetworkPolicies, written.Json));

    private static ManifestSource Source(ResourceType type, ReadOnlyMemory<byte> json) => new("", () => new MemoryStream(ObjectWriter.Whole(type, json.Span)));
}
