namespace Podwall.Kubernetes;

/// <summary>Keys that stand twice in one mapping, anywhere in a document.</summary>
internal static class DuplicateKeys
{
    public static IEnumerable<FieldError> In(TreeDocument document)
    {
        List<FieldError> found = [];
        Walk(document.Root, FieldPath.Root, document.Format, found);
        return found;
    }

    // The reader has bounded the depth.
    private static void Walk(TreeNode node, FieldPath path, DocumentFormat format, List<FieldError> found)
    {
        if (node is SequenceNode sequence)
            for (var i = 0; i < sequence.Items.Count; i++)
                Walk(sequence.Items[i], path.Child(i), format, found);
        if (node is not MappingNode mapping)
            return;
        foreach (var entry in mapping.Entries)
            Walk(entry.Value, path.Child(entry.Key), format, found);
        foreach (var entry in mapping.Duplicates())
            found.Add(Error(entry, path.Child(entry.Key), format));
    }

    // In YAML the server names the line on which the second value begins, in JSON the field.
    private static FieldError Error(MappingEntry entry, FieldPath path, DocumentFormat format) => new(FieldErrorType.DuplicateField, path,
        format == DocumentFormat.Yaml
            ? $"line {entry.Value.Position.Line}: key {GoText.Quote(entry.Key)} already set in map"
            : $"duplicate field {GoText.Quote(path.ToString())}")
    {
        Fix = $"Keep one '{entry.Key}' and move the contents of the other into it.",
        Position = entry.KeyPosition,
    };
}
