using Podwall.Policy;

namespace Podwall.Kubernetes.Access;

/// <summary>Everything that is needed to talk to one API server, and where it was configured, for messages.</summary>
public sealed record ClusterAccess(Uri Server)
{
    /// <summary>Where this was configured, as a person would look for it: <c>context prod of ~/.kube/config</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The namespace that the context names, else <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The server is reached over this Unix socket; <see cref="Server"/> still gives scheme and host name.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>Who vouches for the server; null is the system's own list.</summary>
    public Pem? Authority { get; init; }

    /// <summary>The name that the server's certificate must carry, where it is not that of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The server's certificate is not looked at: whoever is on the way can read and change everything.</summary>
    public bool SkipsVerification { get; init; }

    public Uri? Proxy { get; init; }

    /// <summary>Answers come as they are, because compressing costs more than it saves.</summary>
    public bool SkipsCompression { get; init; }

    public Credentials Credentials { get; init; } = Credentials.None;

    /// <summary>Sent with every request: whom to impersonate.</summary>
    public ValueList<(string Name, string Value)> Headers { get; init; } = [];
}
