using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>Reads a live cluster once: the same result as the same objects in files, without positions.</summary>
public static class ClusterReader
{
    private const int PageSize = 500;
    private const int Attempts = 3;

    /// <summary>
    /// Namespaces, pods and policies must be readable; a kind that only names things (nodes, services, owners) may be
    /// forbidden, and is then a warning.
    /// </summary>
    /// <exception cref="ApiException">The server cannot be reached, or refuses what is needed.</exception>
    public static async Task<Manifests> ReadAsync(ApiClient client, CancellationToken cancellation = default)
    {
        Reading reading = new(client, cancellation);
        TreeDecoder trees = new(), policyTrees = new(), namespaceTrees = new();
        PodDecoder podDecoder = new();
        var namespaces = reading.ListAsync(ResourceType.Namespaces, namespaceTrees.Namespace);
        var policies = reading.ListAsync(ResourceType.NetworkPolicies, policyTrees.Policy);
        var pods = reading.ListAsync<Pod?>(ResourceType.Pods, podDecoder.Decode);
        await Task.WhenAll(namespaces, policies, pods);
        var nodes = await reading.TryListAsync(ResourceType.Nodes, trees.Node, "Traffic of nodes cannot be named.");
        var services = await reading.TryListAsync(ResourceType.Services, trees.Service, "Services cannot be named.");
        Owners owners = new();
        foreach (var (type, kind) in new[] { (ResourceType.ReplicaSets, "ReplicaSet"), (ResourceType.Jobs, "Job") })
            foreach (var owned in await reading.TryListAsync(type, trees.Owner, $"Pods are shown under their {kind}.", Pages.MetadataOnly))
                if (owned.Value is { } owner)
                    owners.Add(new(owned.Key.Namespace, kind, owned.Key.Name), owner);
        return Assemble(reading, await namespaces, await policies, await pods, nodes, services, owners);
    }

    /// <summary>
    /// Adds what tells who needs which traffic: webhooks, aggregated APIs, role bindings, the API server's endpoints, and the
    /// accounts of pods. A kind that the cluster does not have is none; one that may not be listed is a warning.
    /// </summary>
    /// <exception cref="ApiException">The server cannot be reached.</exception>
    public static async Task<Manifests> WithSupportingAsync(ApiClient client, Manifests live, CancellationToken cancellation = default)
    {
        Reading reading = new(client, cancellation);
        List<SupportingObject> supporting = [];
        foreach (var type in SupportingTypes)
            supporting.AddRange((await reading.ListIfServedAsync(type, json => TreeDecoder.Supporting(type, json), "What these need is not checked."))
                .Select(s => s.Value).Where(s => KnownKinds.IsSupporting(type.Group, type.Kind, s.Id.Name)));
        Dictionary<PodId, string> accounts = [];
        // Pods are read again only where an account could matter.
        if (supporting.Exists(s => s.Id.Kind.EndsWith("RoleBinding", StringComparison.Ordinal)) && live.Snapshot.Policies.Any(p => p.Governs(Direction.Egress)))
            foreach (var pod in await reading.ListAsync(ResourceType.Pods, TreeDecoder.Account))
                if (pod.Value is { } account)
                    accounts[new(pod.Key.Namespace, pod.Key.Name)] = account;
        return live with
        {
            Supporting = supporting.ToValueList(),
            Accounts = accounts,
            Diagnostics = [.. live.Diagnostics, .. reading.Diagnostics],
        };
    }

    private static ResourceType[] SupportingTypes { get; } =
    [
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", IsNamespaced: false),
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IsNamespaced: false),
        new("apiregistration.k8s.io", "v1", "apiservices", "APIService", IsNamespaced: false),
        new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
        new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", IsNamespaced: false),
        ResourceType.EndpointSlices,
    ];

    private static Manifests Assemble(Reading reading, List<Decoded<Labels>> namespaces, List<Decoded<PolicySource>> policies,
        List<Decoded<Pod?>> pods, List<Decoded<Node>> nodes, List<Decoded<Service>> services, Owners owners)
    {
        ClusterState state = new();
        foreach (var item in namespaces)
            state.PutNamespace(item.Key.Name, item.Value);
        foreach (var item in nodes)
            state.PutNode(item.Value);
        foreach (var pod in pods.Select(p => p.Value).OfType<Pod>())
            state.PutPod(owners.TopOf(pod.Workload) is var top && top != pod.Workload ? pod with { Workload = top } : pod);
        foreach (var source in policies.Select(p => p.Value))
        {
            state.PutPolicy(source.Policy.ToPolicy(source.Faults));
            reading.Diagnostics.AddRange(source.Faults.Select(f => new Diagnostic(Severity.Warning, DiagnosticCodes.InvalidObject, f.Message)
            {
                Subject = new(PolicyObject.Kind, source.Id.Namespace, source.Id.Name),
                Field = f.Field.ToString(),
                Type = f.Type.Name(),
                Fix = "The cluster holds what podwall cannot read; that part of the policy is taken to allow nothing.",
            }));
        }

        return new()
        {
            IsLive = true,
            Snapshot = state.Take(),
            Services = services.Select(s => s.Value).ToValueList(),
            Sources = new(),
            Diagnostics = reading.Diagnostics.ToValueList(),
            OtherKinds = [],
            ReadKinds = [Count(ResourceType.Namespaces, namespaces), Count(ResourceType.NetworkPolicies, policies), Count(ResourceType.Nodes, nodes), Count(ResourceType.Pods, pods), Count(ResourceType.Services, services)],
            FinishedPods = pods.Where(p => p.Value is null).Select(p => new PodId(p.Key.Namespace, p.Key.Name)).ToValueList(),
            PolicyObjects = policies.Select(p => p.Value).ToValueList(),
        };
    }

    private static KindCount Count<T>(ResourceType type, List<Decoded<T>> items) => new(type.ApiVersion, type.Kind, items.Count);

    /// <summary>One run of lists, and what there is to say about them.</summary>
    private sealed class Reading(ApiClient client, CancellationToken cancellation)
    {
        private readonly Backoff backoff = new(FollowOptions.Default, TimeProvider.System);

        public List<Diagnostic> Diagnostics { get; } = [];

        public async Task<List<Decoded<T>>> ListAsync<T>(ResourceType type, Decode<T> decode, string? accept = null)
        {
            for (var attempt = 1; ; attempt++)
            {
                List<Decoded<T>> items = [];
                try
                {
                    await Pages.ReadAsync(client, type, PageSize, json => items.Add(decode(json)), cancellation, accept);
                    return items;
                }
                catch (ApiException busy) when (attempt < Attempts && (busy.IsExpired || (busy.IsTransient && busy.StatusCode is not null)))
                {
                    await backoff.FailAsync(busy.RetryAfter, cancellation);
                }
                catch (Exception broken) when (broken is JsonException or InvalidDataException or IOException)
                {
                    throw ApiException.BrokenBody(client.Access, broken);
                }
            }
        }

        /// <summary>As the other, for a kind that a cluster need not have.</summary>
        public async Task<List<Decoded<T>>> ListIfServedAsync<T>(ResourceType type, Decode<T> decode, string consequence)
        {
            try
            {
                return await ListAsync(type, decode);
            }
            catch (ApiException absent) when (absent.StatusCode is 404)
            {
                return [];
            }
            catch (ApiException refused) when (refused.StatusCode is 403)
            {
                return Refused<T>(type, refused, consequence);
            }
        }

        private List<Decoded<T>> Refused<T>(ResourceType type, ApiException refused, string consequence)
        {
            Diagnostics.Add(new(Severity.Warning, DiagnosticCodes.NotReadable, $"{type} cannot be listed: {refused.What}")
            {
                Fix = $"{consequence} To have them, allow list on {type} in all namespaces.",
            });
            return [];
        }

        public async Task<List<Decoded<T>>> TryListAsync<T>(ResourceType type, Decode<T> decode, string consequence, string? accept = null)
        {
            try
            {
                return await ListAsync(type, decode, accept);
            }
            catch (ApiException refused) when (refused.StatusCode is 403 or 404)
            {
                return Refused<T>(type, refused, consequence);
            }
        }
    }
}
