using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Types;

/// <summary>
/// The API's types, from the <c>.types</c> files beside this: the one place for what is explained, which fields are known, how
/// lists are merged and owned, and what protobuf looks like.
/// </summary>
internal static class ApiTypes
{
    private static readonly Dictionary<(string ApiVersion, string Kind), ApiType> Kinds = ApiTypeReader.ReadAll();

    /// <summary>Null for a kind that nothing is known of.</summary>
    public static ApiType? Find(string apiVersion, string kind) => Kinds.GetValueOrDefault((apiVersion, kind));

    /// <inheritdoc cref="Find(string, string)"/>
    public static ApiType? Find(ResourceType type) => Find(type.ApiVersion, type.Kind);
}
