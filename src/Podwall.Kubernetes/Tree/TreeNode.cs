using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// A value as it was written, with its place: the lossless shape from which everything else is made. Aliases share the
/// node of their anchor, so a tree may be a graph, but never a cycle.
/// </summary>
public abstract class TreeNode
{
    private protected TreeNode(SourcePosition position) => Position = position;

    public SourcePosition Position { get; }

    /// <summary>What JSON calls the value: object, array, string, number, bool or null.</summary>
    public abstract string JsonType { get; }

    /// <summary>How many nodes a walk would meet, aliases counted each time.</summary>
    internal abstract long Size { get; }

    /// <summary>How many containers lie inside each other, aliases included.</summary>
    internal abstract int Height { get; }

    /// <summary>The same value, so many lines further down.</summary>
    internal abstract TreeNode Moved(int lines);

    public bool IsNull => this is ScalarNode { Type: ScalarType.Null };
}

/// <summary>One <c>key: value</c>; a key that was no string is spelled as the API server spells it in JSON.</summary>
public readonly record struct MappingEntry(string Key, SourcePosition KeyPosition, TreeNode Value, bool IsMerged = false);

/// <summary>A mapping in the order in which it was written; keys that stand twice are both kept.</summary>
public sealed class MappingNode : TreeNode
{
    internal MappingNode(SourcePosition position, ValueList<MappingEntry> entries) : base(position)
    {
        Entries = entries;
        foreach (var entry in entries)
            (Size, Height) = (Size + entry.Value.Size, Math.Max(Height, entry.Value.Height));
        (Size, Height) = (Size + 1, Height + 1);
    }

    public ValueList<MappingEntry> Entries { get; }

    public override string JsonType => "object";

    internal override long Size { get; }

    internal override int Height { get; }

    internal override TreeNode Moved(int lines) =>
        new MappingNode(Position.Moved(lines), [.. Entries.Select(e => e with { KeyPosition = e.KeyPosition.Moved(lines), Value = e.Value.Moved(lines) })]);

    /// <summary>The value of a key, the last one where it stands twice, or null.</summary>
    public TreeNode? this[string key]
    {
        get
        {
            for (var i = Entries.Count - 1; i >= 0; i--)
                if (Entries[i].Key == key)
                    return Entries[i].Value;
            return null;
        }
    }

    /// <summary>The text of a scalar under a key, or null where there is none.</summary>
    public string? TextOf(string key) => this[key] is ScalarNode { Type: not ScalarType.Null } scalar ? scalar.Text : null;

    /// <summary>The entries that hold: the last of each key, at the place of the first.</summary>
    public IEnumerable<MappingEntry> Effective()
    {
        if (Entries.Count < 2 || !HasDuplicates())
            return Entries;
        Dictionary<string, MappingEntry> last = new(StringComparer.Ordinal);
        foreach (var entry in Entries)
            last[entry.Key] = entry;
        return Entries.Select(e => e.Key).Distinct(StringComparer.Ordinal).Select(k => last[k]);
    }

    /// <summary>Entries whose key was written before in the same mapping. What a merge key brings in may be overridden.</summary>
    public IEnumerable<MappingEntry> Duplicates()
    {
        if (!HasDuplicates())
            return [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        return Entries.Where(e => !e.IsMerged && !seen.Add(e.Key));
    }

    private bool HasDuplicates()
    {
        if (Entries.Count > 12)
            return Entries.Select(e => e.Key).Distinct(StringComparer.Ordinal).Count() < Entries.Count;
        for (var i = 1; i < Entries.Count; i++)
            for (var j = 0; j < i; j++)
                if (Entries[i].Key == Entries[j].Key)
                    return true;
        return false;
    }
}

public sealed class SequenceNode : TreeNode
{
    internal SequenceNode(SourcePosition position, ValueList<TreeNode> items) : base(position)
    {
        Items = items;
        foreach (var item in items)
            (Size, Height) = (Size + item.Size, Math.Max(Height, item.Height));
        (Size, Height) = (Size + 1, Height + 1);
    }

    public ValueList<TreeNode> Items { get; }

    public override string JsonType => "array";

    internal override long Size { get; }

    internal override int Height { get; }

    internal override TreeNode Moved(int lines) => new SequenceNode(Position.Moved(lines), [.. Items.Select(i => i.Moved(lines))]);
}

public enum ScalarType : byte
{
    Text,
    Number,
    Boolean,
    Null,
}

/// <summary>
/// A single value. <see cref="Text"/> is the value as the API server's JSON holds it (<c>0120</c> is 80, <c>no</c> is
/// false); <see cref="Written"/> is what stands in the file.
/// </summary>
public sealed class ScalarNode : TreeNode
{
    private readonly string? written;

    internal ScalarNode(SourcePosition position, ScalarType type, string text, string? written = null) : base(position) =>
        (Type, Text, this.written) = (type, text, written);

    public ScalarType Type { get; }

    public string Text { get; }

    public string Written => written ?? Text;

    public override string JsonType => Type switch
    {
        ScalarType.Text => "string",
        ScalarType.Number => "number",
        ScalarType.Boolean => "bool",
        _ => "null",
    };

    internal override long Size => 1;

    internal override int Height => 0;

    internal override TreeNode Moved(int lines) => new ScalarNode(Position.Moved(lines), Type, Text, written);
}
