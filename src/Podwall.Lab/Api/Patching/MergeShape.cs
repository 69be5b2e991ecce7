using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Types;

namespace Podwall.Lab.Api.Patching;

/// <summary>The lists of a type that a strategic merge merges; every other is replaced whole, those of a NetworkPolicy among them.</summary>
internal sealed class MergeShape(ApiType? type)
{
    /// <summary>Of a kind that nothing is known of, all lists are replaced.</summary>
    public static MergeShape Of(ResourceType resource) => new(ApiTypes.Find(resource));

    /// <summary>What tells the items of a list apart: the name of their field, empty where they are plain values; null where the list is replaced.</summary>
    public string? KeyOf(string field) => type?.Field(field) is { IsMerged: true } merged ? merged.Keys.FirstOrDefault("") : null;

    /// <summary>An object in the field is replaced whole, as a plain value is.</summary>
    public bool Replaces(string field) => type?.Field(field)?.IsReplaced == true;

    /// <summary>The lists below a field, or below each item of a list.</summary>
    public MergeShape Below(string field) => new(type?.Field(field)?.Type.Innermost);
}
