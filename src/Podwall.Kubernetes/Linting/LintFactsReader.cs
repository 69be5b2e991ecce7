using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>What the input says beside the snapshot, as lint's rules ask for it.</summary>
public static class LintFactsReader
{
    public static LintFacts Of(Manifests manifests)
    {
        ServiceTargets targets = new(manifests);
        return new()
        {
            IsComplete = manifests.IsLive,
            Written = manifests.PolicyObjects.Select(p => WrittenPolicies.Of(p) is var written && manifests.StoredTypes.TryGetValue(p.Id, out var stored) ? written with { StoredTypes = stored } : written).ToValueList(),
            Calls = manifests.Supporting.SelectMany(s => ControlPlaneCalls.Of(s, targets)).ToValueList(),
            Exposed = manifests.Services.Where(s => s.Type is "LoadBalancer" or "NodePort").Select(targets.Exposed).Where(e => e.Pods.Count > 0 && e.Ports.Count > 0).ToValueList(),
            ApiClients = ApiClients(manifests),
            ApiServer = manifests.Supporting.SelectMany(ApiServerEndpoints.Of).Distinct().ToValueList(),
            ClusterIps = manifests.Services.SelectMany(s => s.ClusterIps, (s, a) => new ClusterIp(a, s.Namespace, s.Name, s.Selector is { Count: > 0 } labels ? Selector.Of(labels.Select(l => (l.Key, l.Value))) : null)).ToValueList(),
        };
    }

    private static ValueList<ApiClient> ApiClients(Manifests manifests)
    {
        if (manifests.Accounts.Count == 0)
            return [];
        var bound = manifests.Supporting.Where(s => s.Id.Kind is "RoleBinding" or "ClusterRoleBinding").SelectMany(Subjects)
            .GroupBy(s => (s.Namespace, s.Name)).ToDictionary(g => g.Key, g => g.First().Binding);
        return manifests.Accounts.Where(a => bound.ContainsKey((a.Key.Namespace, a.Value))).OrderBy(a => a.Key.ToString(), StringComparer.Ordinal)
            .Select(a => new ApiClient(a.Key, $"service account {a.Value}, {bound[(a.Key.Namespace, a.Value)]}")).ToValueList();
    }

    private static IEnumerable<(string Namespace, string Name, string Binding)> Subjects(SupportingObject binding) =>
        ((binding.Root as MappingNode)?["subjects"] as SequenceNode)?.Items.OfType<MappingNode>()
            .Where(s => s.TextOf("kind") == "ServiceAccount" && s.TextOf("name") is not null)
            .Select(s => (s.TextOf("namespace") ?? binding.Id.Namespace ?? "default", s.TextOf("name")!, binding.Id.ToString())) ?? [];
}
