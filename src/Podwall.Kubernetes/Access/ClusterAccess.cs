namespace Podwall.Kubernetes.Access;

/// <summary>Everything that is needed to talk to one API server, and where it was configured, for messages.</summary>
public sealed record ClusterAccess(Uri Server)
{
    /// <summary>Where this was configured, as a person would look for it: <c>context 'prod' of ~/.kube/config</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The namespace that the context names, else <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The server is reached over this Unix socket; <see cref="Server"/> still gives scheme and host name.</summary>
    public string? UnixSocket { get; init; }
}
