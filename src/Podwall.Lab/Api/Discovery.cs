using System.Text.Json;

namespace Podwall.Lab.Api;

/// <summary>What the server serves, in the plain form that every client understands.</summary>
internal static class Discovery
{
    // The version decides which kubectl a dispatching kubectl runs.
    private const string Minor = "32";

    /// <summary>The document at a path; null where there is none.</summary>
    public static byte[]? Find(string path) => path.TrimEnd('/').Split('/') switch
    {
        ["", "version"] => Write(Version),
        ["", "api"] => Write(Versions),
        ["", "apis"] => Write(Groups),
        ["", "api", "v1"] => Write(json => Resources(json, "", "v1")),
        ["", "apis", var group, var version] when Known.Contains((group, version)) => Write(json => Resources(json, group, version)),
        ["", "apis", var group] when Known.FirstOrDefault(k => k.Group == group) is { Group: not null } known => Write(json => Group(json, known.Group, known.Version, isAlone: true)),
        _ => null,
    };

    private static (string Group, string Version)[] Known { get; } =
        [.. ServedResource.All.Where(r => r.Type.Group.Length > 0).Select(r => (r.Type.Group, r.Type.Version)).Distinct()];

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
        json.WriteStartArray("versions");
        json.WriteStringValue("v1");
        json.WriteEndArray();
        json.WriteStartArray("serverAddressByClientCIDRs");
        json.WriteEndArray();
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
        foreach (var resource in ServedResource.All.Where(r => r.Type.Group == group && r.Type.Version == version))
        {
            Resource(json, resource, resource.Type.Plural, ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]);
            if (resource.HasStatus)
                Resource(json, resource, $"{resource.Type.Plural}/status", ["get", "patch", "update"]);
        }

        json.WriteEndArray();
    }

    private static void Resource(Utf8JsonWriter json, ServedResource resource, string name, string[] verbs)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("singularName", name == resource.Type.Plural ? resource.Singular : "");
        json.WriteBoolean("namespaced", resource.Type.IsNamespaced);
        json.WriteString("kind", resource.Type.Kind);
        WriteTexts(json, "verbs", verbs);
        if (name == resource.Type.Plural && resource.ShortNames.Count > 0)
            WriteTexts(json, "shortNames", resource.ShortNames);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string field, IEnumerable<string> texts)
    {
        json.WriteStartArray(field);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> fill)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            fill(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
