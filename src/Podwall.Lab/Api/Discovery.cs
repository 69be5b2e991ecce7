using System.Text.Json;

namespace Podwall.Lab.Api;

/// <summary>
/// What the server serves: in the plain form that every client understands, and aggregated (KEP-3352), a whole root in one
/// document.
/// </summary>
internal static class Discovery
{
    // The version decides which kubectl a dispatching kubectl runs.
    private const string Minor = "32";

    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>The groups beside the core one, each in its one version.</summary>
    internal static (string Group, string Version)[] Known { get; } =
        [.. ServedResource.All.Select(r => (r.Type.Group, r.Type.Version)).Concat(ReviewResource.All.Select(r => (r.Group, ReviewResource.Version))).Where(k => k.Group.Length > 0).Distinct()];

    /// <summary>The document at a path; null where there is none.</summary>
    public static ReadyDocument? Find(string path, string accept) => (path.TrimEnd('/').Split('/'), AggregatedVersion(accept)) switch
    {
        ([""], _) => Plain(json => json.WriteTexts("paths",
            ["/api", "/api/v1", "/apis", .. Known.SelectMany(k => new[] { $"/apis/{k.Group}", $"/apis/{k.Group}/{k.Version}" }), "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"])),
        (["", "version"], _) => Plain(Version),
        (["", "api"], { } version) => Aggregated(version, [("", "v1")]),
        (["", "apis"], { } version) => Aggregated(version, Known),
        (["", "api"], _) => Plain(Versions),
        (["", "apis"], _) => Plain(Groups),
        (["", "api", "v1"], _) => Plain(json => Resources(json, "", "v1")),
        (["", "apis", var group, var version], _) when Known.Contains((group, version)) => Plain(json => Resources(json, group, version)),
        (["", "apis", var group], _) when Known.FirstOrDefault(k => k.Group == group) is { Group: not null } known => Plain(json => Group(json, known.Group, known.Version, isAlone: true)),
        _ => null,
    };

    // The newest of the forms that are asked for.
    private static string? AggregatedVersion(string accept) => accept.Split(',')
        .Select(range => range.Split(';', StringSplitOptions.TrimEntries))
        .Where(parts => parts[0] == "application/json" && parts.Contains("g=apidiscovery.k8s.io") && parts.Contains("as=APIGroupDiscoveryList"))
        .Select(parts => parts.Contains("v=v2") ? "v2" : parts.Contains("v=v2beta1") ? "v2beta1" : null).FirstOrDefault(v => v is not null);

    private static ReadyDocument Plain(Action<Utf8JsonWriter> fill) => ReadyDocument.Of("application/json", fill);

    private static ReadyDocument Aggregated(string version, IEnumerable<(string Group, string Version)> groups) => ReadyDocument.Of($"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList", json =>
    {
        json.WriteString("kind", "APIGroupDiscoveryList");
        json.WriteString("apiVersion", $"apidiscovery.k8s.io/{version}");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var (group, served) in groups)
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            if (group.Length > 0)
                json.WriteString("name", group);
            json.WriteNull("creationTimestamp");
            json.WriteEndObject();
            json.WriteStartArray("versions");
            json.WriteStartObject();
            json.WriteString("version", served);
            json.WriteStartArray("resources");
            foreach (var resource in Entries(group, served))
                resource.WriteAggregated(json);
            json.WriteEndArray();
            json.WriteString("freshness", "Current");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static IEnumerable<Entry> Entries(string group, string version) =>
    [
        .. ServedResource.All.Where(r => r.Type.Group == group && r.Type.Version == version)
            .Select(r => new Entry(r.Type.Plural, r.Singular, r.Type.Kind, r.Type.IsNamespaced, AllVerbs, r.ShortNames, r.Categories, r.Parts)),
        .. ReviewResource.All.Where(r => r.Group == group && ReviewResource.Version == version)
            .Select(r => new Entry(r.Plural, r.Kind.ToLowerInvariant(), r.Kind, IsNamespaced: false, ["create"], [], [], [])),
    ];

    private static void Version(Utf8JsonWriter json)
    {
        json.WriteString("major", "1");
        json.WriteString("minor", Minor);
        json.WriteString("gitVersion", $"v1.{Minor}.0+podwall");
        json.WriteString("gitCommit", "");
        json.WriteString("gitTreeState", "clean");
        json.WriteString("buildDate", "2026-01-01T00:00:00Z");
        json.WriteString("goVersion", "");
        json.WriteString("compiler", "");
        json.WriteString("platform", "linux/amd64");
    }

    private static void Versions(Utf8JsonWriter json)
    {
        json.WriteString("kind", "APIVersions");
        json.WriteTexts("versions", ["v1"]);
        json.WriteTexts("serverAddressByClientCIDRs", []);
    }

    private static void Groups(Utf8JsonWriter json)
    {
        json.WriteString("kind", "APIGroupList");
        json.WriteString("apiVersion", "v1");
        json.WriteStartArray("groups");
        foreach (var (group, version) in Known)
        {
            json.WriteStartObject();
            Group(json, group, version, isAlone: false);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Group(Utf8JsonWriter json, string group, string version, bool isAlone)
    {
        if (isAlone)
        {
            json.WriteString("kind", "APIGroup");
            json.WriteString("apiVersion", "v1");
        }

        json.WriteString("name", group);
        json.WriteStartArray("versions");
        Entry();
        json.WriteEndArray();
        json.WritePropertyName("preferredVersion");
        Entry();

        void Entry()
        {
            json.WriteStartObject();
            json.WriteString("groupVersion", $"{group}/{version}");
            json.WriteString("version", version);
            json.WriteEndObject();
        }
    }

    private static void Resources(Utf8JsonWriter json, string group, string version)
    {
        json.WriteString("kind", "APIResourceList");
        json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", group.Length == 0 ? version : $"{group}/{version}");
        json.WriteStartArray("resources");
        foreach (var resource in Entries(group, version))
            resource.WritePlain(json);
        json.WriteEndArray();
    }

    /// <summary>A kind as discovery tells of it.</summary>
    private sealed record Entry(string Plural, string Singular, string Kind, bool IsNamespaced, IEnumerable<string> Verbs, IEnumerable<string> ShortNames, IEnumerable<string> Categories, IEnumerable<ResourcePart> Parts)
    {
        public void WritePlain(Utf8JsonWriter json)
        {
            WritePlain(json, Plural, Singular, Kind, Verbs);
            WriteNames(json);
            json.WriteEndObject();
            foreach (var part in Parts)
            {
                WritePlain(json, $"{Plural}/{part.Name}", "", part.Kind, part.Verbs);
                if (part.Version.Length > 0)
                {
                    json.WriteString("group", part.Group);
                    json.WriteString("version", part.Version);
                }

                json.WriteEndObject();
            }
        }

        public void WriteAggregated(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("resource", Plural);
            WriteKind(json, "", "", Kind);
            json.WriteString("scope", IsNamespaced ? "Namespaced" : "Cluster");
            json.WriteString("singularResource", Singular);
            json.WriteTexts("verbs", Verbs);
            WriteNames(json);
            if (Parts.Any())
            {
                json.WriteStartArray("subresources");
                foreach (var part in Parts)
                {
                    json.WriteStartObject();
                    json.WriteString("subresource", part.Name);
                    WriteKind(json, part.Group, part.Version, part.Kind);
                    json.WriteTexts("verbs", part.Verbs);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        private void WritePlain(Utf8JsonWriter json, string name, string singular, string kind, IEnumerable<string> verbs)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("singularName", singular);
            json.WriteBoolean("namespaced", IsNamespaced);
            json.WriteString("kind", kind);
            json.WriteTexts("verbs", verbs);
        }

        private void WriteNames(Utf8JsonWriter json)
        {
            if (ShortNames.Any())
                json.WriteTexts("shortNames", ShortNames);
            if (Categories.Any())
                json.WriteTexts("categories", Categories);
        }

        private static void WriteKind(Utf8JsonWriter json, string group, string version, string kind)
        {
            json.WriteStartObject("responseKind");
            json.WriteString("group", group);
            json.WriteString("version", version);
            json.WriteString("kind", kind);
            json.WriteEndObject();
        }
    }
}
