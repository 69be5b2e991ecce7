using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What every object says about itself; absent strings are empty, as in the API.</summary>
public sealed record ObjectMeta
{
    public string Name { get; init; } = "";

    public string GenerateName { get; init; } = "";

    public string Namespace { get; init; } = "";

    public ValueList<Label> Labels { get; init; } = [];

    public ValueList<Label> Annotations { get; init; } = [];

    public ValueList<OwnerReference> OwnerReferences { get; init; } = [];

    public ValueList<string> Finalizers { get; init; } = [];

    /// <summary>The object is being deleted.</summary>
    public bool IsTerminating { get; init; }
}

public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool IsController);
