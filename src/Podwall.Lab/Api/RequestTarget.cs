using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api;

/// <summary>What a path names: all objects of a kind, those of a namespace, one of them, or a part of one.</summary>
internal sealed record RequestTarget(ServedResource Resource, string? Namespace, string? Name, string? Part)
{
    /// <summary>Null where the path names nothing that is served.</summary>
    public static RequestTarget? Parse(string path)
    {
        if (path.Split('/') is not ["", .. var parts] || parts.Any(p => p is "" or "." or ".."))
            return null;
        return parts switch
        {
            ["api", var version, .. var rest] => Find("", version, rest),
            ["apis", var group, var version, .. var rest] => Find(group, version, rest),
            _ => null,
        };
    }

    public string ObjectNamespace => Namespace ?? "";

    private static RequestTarget? Find(string group, string version, string[] rest) => rest switch
    {
        // The namespace itself, unless what follows is one of its kinds.
        ["namespaces", var ns, var plural, .. var more] when ServedResource.Find(group, version, plural) is { Type.IsNamespaced: true } inside =>
            Of(inside, ns, more),
        [var plural, .. var more] when ServedResource.Find(group, version, plural) is { } resource && (!resource.Type.IsNamespaced || more.Length == 0) =>
            Of(resource, null, more),
        _ => null,
    };

    private static RequestTarget? Of(ServedResource resource, string? ns, string[] rest) => rest switch
    {
        [] => new(resource, ns, null, null),
        [var name] => new(resource, ns, Uri.UnescapeDataString(name), null),
        [var name, var part] when resource.Parts.Any(p => p.Name == part) => new(resource, ns, Uri.UnescapeDataString(name), part),
        [var name, "finalize"] when resource.Type == ResourceType.Namespaces => new(resource, ns, Uri.UnescapeDataString(name), "finalize"),
        _ => null,
    };
}
