using System.Globalization;
using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// A value on its way into a typed field. Reading follows Go's JSON decoder: null is the zero value, wrong types are
/// findings and read as the zero value, and reading goes on.
/// </summary>
internal readonly record struct Cursor(DecodingFindings Findings, TreeNode? Node, FieldPath Path, string Owner)
{
    public static Cursor Root(TreeNode root, DecodingFindings findings) => new(findings, root, FieldPath.Root, "");

    public bool IsAbsent => Node is null or ScalarNode { Type: ScalarType.Null };

    public bool IsText => Node is ScalarNode { Type: ScalarType.Text };

    /// <summary>A field of a struct; absent if the struct is.</summary>
    public Cursor this[string field] => new(Findings, (Node as MappingNode)?[field], Path.Child(field), Owner);

    /// <summary>
    /// The value as a struct of Go type <paramref name="goType"/>. With <paramref name="known"/> fields given, others are
    /// findings of a strict reading.
    /// </summary>
    public Cursor Struct(string goType, params ReadOnlySpan<string> known)
    {
        var inside = this with { Owner = goType[(goType.LastIndexOf('.') + 1)..] };
        if (IsAbsent)
            return inside with { Node = null };
        if (Node is not MappingNode mapping)
        {
            Findings.WrongType(this, goType);
            return inside with { Node = null };
        }

        if (known.IsEmpty || !Findings.IsStrict)
            return inside;
        foreach (var entry in mapping.Effective())
            if (!known.Contains(entry.Key))
                Findings.UnknownField(inside, entry, known.ToArray());
        return inside;
    }

    public string? Text(string goType = "string")
    {
        if (IsAbsent)
            return null;
        if (Node is ScalarNode { Type: ScalarType.Text } scalar)
            return scalar.Text;
        Findings.WrongType(this, goType);
        return null;
    }

    public bool? Boolean()
    {
        if (IsAbsent)
            return null;
        if (Node is ScalarNode { Type: ScalarType.Boolean } scalar)
            return scalar.Text == "true";
        Findings.WrongType(this, "bool");
        return null;
    }

    public int? Int32() => (int?)Integer(int.MinValue, int.MaxValue, "int32");

    public long? Int64() => Integer(long.MinValue, long.MaxValue, "int64");

    private long? Integer(long lowest, long highest, string goType)
    {
        if (IsAbsent)
            return null;
        if (Node is not ScalarNode { Type: ScalarType.Number } scalar)
            Findings.WrongType(this, goType);
        else if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest)
            return value;
        else
            Findings.WrongType(this, goType, $"number {scalar.Text}");
        return null;
    }

    /// <summary>The items of a list; null where there is no list to read.</summary>
    public ValueList<Cursor>? Items(string goElementType)
    {
        if (IsAbsent)
            return null;
        if (Node is not SequenceNode sequence)
        {
            Findings.WrongType(this, $"[]{goElementType}");
            return null;
        }

        var items = new Cursor[sequence.Items.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = this with { Node = sequence.Items[i], Path = Path.Child(i) };
        return items.ToValueList();
    }

    /// <summary>A list of strings; null items are empty strings, as Go reads them.</summary>
    public ValueList<string> Texts(string goElementType = "string") =>
        Items(goElementType) is { } items ? items.Select(i => i.Text(goElementType) ?? "").ToValueList() : [];

    /// <summary>A map of strings; null values are empty strings, as Go reads them. Unreadable values are left out.</summary>
    public ValueList<Label> TextMap()
    {
        if (IsAbsent)
            return [];
        if (Node is not MappingNode mapping)
        {
            Findings.WrongType(this, "map[string]string");
            return [];
        }

        List<Label> labels = new(mapping.Entries.Count);
        foreach (var entry in mapping.Effective())
        {
            var value = this with { Node = entry.Value, Path = Path.Key(entry.Key) };
            if (value.IsAbsent)
                labels.Add(new(entry.Key, ""));
            else if (value.Text() is { } text)
                labels.Add(new(entry.Key, text));
        }

        return labels.ToValueList();
    }
}
