namespace Podwall.Kubernetes;

/// <summary>One object of the input, before its kind is read.</summary>
internal sealed record Manifest(string ApiVersion, string Kind, TreeDocument Document)
{
    public MappingNode Root => (MappingNode)Document.Root;

    /// <summary>The API group; empty for the core, <c>?</c> where no apiVersion is given.</summary>
    public string Group => ApiVersion.Length == 0 ? KnownKinds.NoGroup : ApiVersion.IndexOf('/') is >= 0 and var slash ? ApiVersion[..slash] : "";

    public SourcePosition Position => Root.Position;

    /// <summary>The object's name as far as it can be read, for messages.</summary>
    public ObjectId Id(bool isNamespaced)
    {
        var meta = Root["metadata"] as MappingNode;
        var name = meta?.TextOf("name") ?? (meta?.TextOf("generateName") is { } prefix ? prefix + "*" : "(no name)");
        return new(Kind, isNamespaced ? meta?.TextOf("namespace") is { Length: > 0 } written ? written : "default" : null, name);
    }
}
