namespace Podwall.Kubernetes;

/// <summary>What to write where a value has the wrong type.</summary>
internal static class TypeFixes
{
    public static string For(TreeNode node, string goType) => (node, Wanted(goType)) switch
    {
        (ScalarNode { Type: ScalarType.Number or ScalarType.Boolean } scalar, "text") => $"Quote it: \"{scalar.Written}\".",
        (ScalarNode { Type: ScalarType.Text } scalar, "number") when long.TryParse(scalar.Text, out _) => $"Write it without quotes: {scalar.Text}.",
        (_, "number") => "Write a whole number.",
        (_, "bool") => "Write true or false.",
        (_, "text") => "Write one text value.",
        (_, "list") => "Write a list: put '- ' before each entry.",
        (SequenceNode, _) => "Write a mapping, not a list: take the '- ' away.",
        _ => "Write a mapping of fields and values.",
    };

    private static string Wanted(string goType) => goType switch
    {
        "int32" or "int64" => "number",
        "bool" => "bool",
        "string" or "v1.Protocol" or "v1.PolicyType" or "v1.LabelSelectorOperator" or "types.UID" or "v1.PodPhase" => "text",
        _ when goType.StartsWith("[]", StringComparison.Ordinal) => "list",
        _ => "mapping",
    };
}
