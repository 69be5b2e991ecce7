using Podwall.Lab.Api.Streams;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Where an API server listens and what it holds.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The port on loopback; 0 is any that is free.</summary>
    public int Port { get; init; }

    /// <summary>A Unix socket to listen on as well; its directory must be the owner's alone. Null for none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>The objects; null begins with an empty cluster.</summary>
    public ObjectStore? Store { get; init; }

    /// <summary>What runs the pods; null where they are objects and nothing more.</summary>
    public IPodRuntime? Runtime { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
