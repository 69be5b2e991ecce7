namespace Podwall.Kubernetes;

/// <summary>Finds the objects in documents: lists hold many, and what is no object is a finding.</summary>
internal sealed class ManifestSplitter(List<Diagnostic> diagnostics)
{
    public IEnumerable<Manifest> Split(TreeDocument document) => Split(document, "", "");

    // Lists in lists are bounded by the depth of the tree.
    private IEnumerable<Manifest> Split(TreeDocument document, string kindInList, string versionInList)
    {
        if (document.Root is not MappingNode root)
        {
            if (!document.Root.IsNull)
                Malformed(document.Root.Position, $"the document is no object but {Described(document.Root)}", "Begin with apiVersion and kind.");
            return [];
        }

        if (root.Entries.Count == 0 && kindInList.Length == 0)
            return [];
        var kind = root.TextOf("kind") is { Length: > 0 } written ? written : kindInList;
        var version = root.TextOf("apiVersion") is { Length: > 0 } group ? group : versionInList;
        if (kind.Length == 0 || root["kind"] is { IsNull: false } and not ScalarNode { Type: ScalarType.Text })
        {
            Malformed(root.Position, "the document has fields but no kind", MissingKindFix(root));
            return [];
        }

        return IsList(kind, root) ? Items(document, root, kind, version) : [new(version, kind, document)];
    }

    private IEnumerable<Manifest> Items(TreeDocument document, MappingNode root, string kind, string version)
    {
        if (root["items"] is not SequenceNode items)
        {
            if (root["items"] is { IsNull: false } other)
                Malformed(other.Position, $"the items of a {kind} are no list", "Write items: with a list of objects.");
            return [];
        }

        var (itemKind, itemVersion) = kind == "List" ? ("", "") : (kind[..^"List".Length], version);
        return items.Items.SelectMany(i => Split(document with { Root = i }, itemKind, itemVersion));
    }

    private static bool IsList(string kind, MappingNode root) =>
        kind == "List" || (kind.EndsWith("List", StringComparison.Ordinal) && root["items"] is SequenceNode or { IsNull: true });

    private static string MissingKindFix(MappingNode root)
    {
        if (root["metadata"] is null && root["spec"] is null && root["items"] is null)
            return "This is no Kubernetes object (a values file?); leave it out, or name it in .podwallignore.";
        return root.Entries.FirstOrDefault(e => Nearest.To(e.Key, ["kind"]) is not null && e.Key != "kind") is { Key: { } near }
            ? $"Write 'kind' instead of '{near}'."
            : "Add a kind, such as kind: NetworkPolicy.";
    }

    private static string Described(TreeNode node) => node switch
    {
        SequenceNode => "a list",
        ScalarNode scalar => $"the text {GoText.Quote(scalar.Written.Length > 40 ? scalar.Written[..40] + "..." : scalar.Written)}",
        _ => $"a {node.JsonType}",
    };

    private void Malformed(SourcePosition position, string message, string fix) =>
        diagnostics.Add(new(Severity.Error, DiagnosticCodes.MalformedManifest, message) { Position = position, Fix = fix });
}
