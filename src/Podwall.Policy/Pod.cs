namespace Podwall.Policy;

/// <summary>Names a pod, written <c>namespace/name</c>.</summary>
public readonly record struct PodId(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>Names the top owner of a pod; a pod without an owner is its own workload, of kind <c>Pod</c>.</summary>
public sealed record WorkloadId(string Namespace, string Kind, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>A port that a container declares; only a named one means anything to a policy.</summary>
public readonly record struct ContainerPort(Protocol Protocol, ushort Number, string? Name);

/// <summary>
/// A pod, with all that can matter to a policy. Finished pods are not pods here: they own no address any more.
/// </summary>
public sealed record Pod(PodId Id, Labels Labels)
{
    public WorkloadId Workload { get; init; } = new(Id.Namespace, "Pod", Id.Name);

    /// <summary>Tells it from pods that had its name before (<c>metadata.uid</c>); empty where that is not known.</summary>
    public Guid Uid { get; init; }

    /// <summary>Ports of app containers and restartable init containers.</summary>
    public ValueList<ContainerPort> Ports { get; init; } = [];

    /// <summary>At most one address per family, the primary one first; none is an unknown address, not "no address".</summary>
    public ValueList<Address> Addresses { get; init; } = [];

    /// <summary>The node that it runs on, or null where that is not known.</summary>
    public string? Node { get; init; }

    /// <summary>It shares its node's network, so that no selector can tell the two apart.</summary>
    public bool UsesHostNetwork { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>
    /// It stands for all the pods of a template. Traffic from it to itself is then traffic between two replicas, which
    /// policies judge, and never a pod that reaches itself.
    /// </summary>
    public bool StandsForReplicas { get; init; }

    /// <summary>What of it could not be read, a sentence each; no policy sees that part of it.</summary>
    public ValueList<string> Faults { get; init; } = [];

    public string Namespace => Id.Namespace;

    public Address? AddressOf(IpFamily family)
    {
        foreach (var address in Addresses)
            if (address.Family == family)
                return address;
        return null;
    }

    public override string ToString() => Id.ToString();
}
