using System.Text.Json;
using Podwall.Lab.Api.Types;

namespace Podwall.Lab.Api.OpenApi;

/// <summary>
/// OpenAPI v3 as far as kubectl asks: that patches take <c>fieldValidation</c>, and the types that it explains. An index, and
/// a document for each group's version.
/// </summary>
internal static class OpenApiDocuments
{
    private static readonly Dictionary<string, ReadyDocument> ByGroup =
        Discovery.Known.Prepend(("", "v1")).ToDictionary(k => PathOf(k.Item1, k.Item2), k => ReadyDocument.Of("application/json", json => Group(json, k.Item1, k.Item2)), StringComparer.Ordinal);

    private static readonly ReadyDocument Index = ReadyDocument.Of("application/json", json =>
    {
        json.WriteStartObject("paths");
        foreach (var (path, document) in ByGroup)
        {
            json.WriteStartObject(path);
            json.WriteString("serverRelativeURL", $"/openapi/v3/{path}?hash={document.Tag}");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    // Swagger 2.0, a title and a version as protobuf, and not one path: kubectl looks here for kinds that the index does not have,
    // and goes on to say that there is no such kind.
    private static readonly ReadyDocument Version2 =
        new("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", [0x0a, 3, .. "2.0"u8, 0x12, 13, 0x0a, 7, .. "Podwall"u8, 0x12, 2, .. "v1"u8, 0x42, 0], "2");

    /// <summary>The document at a path; null where there is none.</summary>
    public static ReadyDocument? Find(string path)
    {
        const string Root = "/openapi/v3";
        return path == "/openapi/v2" ? Version2 : path == Root ? Index : path.StartsWith($"{Root}/", StringComparison.Ordinal) ? ByGroup.GetValueOrDefault(path[(Root.Length + 1)..]) : null;
    }

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private static void Group(Utf8JsonWriter json, string group, string version)
    {
        json.WriteString("openapi", "3.0.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Podwall");
        json.WriteString("version", "v1");
        json.WriteEndObject();
        json.WriteStartObject("paths");
        foreach (var resource in ServedResource.All.Where(r => r.Type.Group == group && r.Type.Version == version))
        {
            json.WriteStartObject(resource.Type.PathOf(resource.Type.IsNamespaced ? "{namespace}" : null, "{name}").Replace("%7B", "{", StringComparison.Ordinal).Replace("%7D", "}", StringComparison.Ordinal));
            json.WriteStartObject("patch");
            json.WriteStartArray("parameters");
            foreach (var parameter in new[] { "dryRun", "fieldManager", "fieldValidation", "force" })
            {
                json.WriteStartObject();
                json.WriteString("name", parameter);
                json.WriteString("in", "query");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("x-kubernetes-group-version-kind");
            SchemaWriter.WriteKind(json, resource.Type.ApiVersion, resource.Type.Kind);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("components");
        json.WriteStartObject("schemas");
        SchemaWriter.Write(json, ServedResource.All.Where(r => r.Type.Group == group && r.Type.Version == version).Select(r => ApiTypes.Find(r.Type)).OfType<ApiType>());
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
