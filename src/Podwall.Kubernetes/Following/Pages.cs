using Podwall.Kubernetes.Client;

namespace Podwall.Kubernetes.Following;

/// <summary>Reads all objects of a kind, page by page.</summary>
internal static class Pages
{
    /// <summary>Metadata alone (KEP-2334), for kinds of which nothing else is used.</summary>
    public const string MetadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    /// <returns>The version at which the pages together show the cluster.</returns>
    /// <exception cref="ApiException">The server refused, or the version expired between two pages.</exception>
    public static async Task<string> ReadAsync(ApiClient client, ResourceType type, int size, TakeObject take, CancellationToken cancellation, string? accept = null)
    {
        for (var next = ""; ;)
        {
            var query = next.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(next)}";
            await using var body = await client.OpenAsync($"{type.Path()}?limit={size}{query}", accept, cancellation);
            var page = await ListReader.ReadAsync(body.Stream, take, cancellation);
            if (page.Continue.Length == 0)
                return page.ResourceVersion;
            next = page.Continue;
        }
    }
}
