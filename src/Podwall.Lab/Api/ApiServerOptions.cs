using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>Where an API server listens and what it holds.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The port on loopback; 0 is any that is free.</summary>
    public int Port { get; init; }

    /// <summary>A socket that is bound to the port already, and inherited or opened elsewhere; null to open one.</summary>
    public ulong? Listening { get; init; }

    /// <summary>Bound sockets of other networks in which the server is reached as well.</summary>
    public IReadOnlyList<ulong> Elsewhere { get; init; } = [];

    /// <summary>A Unix socket to listen on as well; its directory must be the owner's alone. Null for none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>The objects; null begins with an empty cluster.</summary>
    public ObjectStore? Store { get; init; }

    /// <summary>What runs the pods; null where they are objects and nothing more.</summary>
    public IPodRuntime? Runtime { get; init; }

    /// <summary>
    /// What is said to whoever writes an object, beside what a cluster would say; a line each. Takes what was there, which is null for
    /// what is new, and what is there now.
    /// </summary>
    public Func<ResourceType, StoredObject?, StoredObject, IEnumerable<string>> Remarks { get; init; } = (_, _, _) => [];

    /// <summary>Whether what lint finds in a policy is said to whoever writes it.</summary>
    public bool LintsPolicies { get; init; }

    /// <summary>What is served to whoever may log in beside the API, by path.</summary>
    public IReadOnlyDictionary<string, RequestDelegate> Beside { get; init; } = new Dictionary<string, RequestDelegate>();

    /// <summary>What the cluster's addresses are of.</summary>
    public IpFamilies Families { get; init; } = IpFamilies.V4;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>At least the changes of so long are what watches and lists in pages may go on from, as with etcd's compaction in a real cluster.</summary>
    public TimeSpan Remembered { get; init; } = TimeSpan.FromMinutes(5);
}
