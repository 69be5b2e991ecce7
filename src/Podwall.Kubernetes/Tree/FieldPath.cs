using System.Globalization;

namespace Podwall.Kubernetes;

/// <summary>
/// A field of an object, written as the API server writes it: <c>spec.ingress[0].from[1]</c>. Paths order as a walk
/// over the object with sorted keys meets them.
/// </summary>
public sealed class FieldPath : IComparable<FieldPath>
{
    private readonly FieldPath? parent;
    private readonly string? name;
    private readonly int index;
    private readonly bool isKey;
    private readonly int depth;
    private string? text;

    private FieldPath(FieldPath? parent, string? name, int index, bool isKey = false)
    {
        (this.parent, this.name, this.index, this.isKey) = (parent, name, index, isKey);
        depth = parent is null ? 0 : parent.depth + 1;
    }

    /// <summary>The object itself; its path is empty.</summary>
    public static FieldPath Root { get; } = new(null, null, -1);

    public FieldPath Child(string field) => new(this, field, -1);

    public FieldPath Child(int item) => new(this, null, item);

    /// <summary>An entry of a map of the user's own keys. The API server names only the map; positions need the entry.</summary>
    public FieldPath Key(string key) => new(this, key, -1, isKey: true);

    public static FieldPath Of(params ReadOnlySpan<string> fields)
    {
        var path = Root;
        foreach (var field in fields)
            path = path.Child(field);
        return path;
    }

    /// <summary>Reads a path back; dots inside keys are not told from others.</summary>
    public static FieldPath Parse(string path)
    {
        var result = Root;
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var steps = part.Split('[');
            if (steps[0].Length > 0)
                result = result.Child(steps[0]);
            foreach (var index in steps.Skip(1))
                result = int.TryParse(index.TrimEnd(']'), out var item) ? result.Child(item) : result;
        }

        return result;
    }

    /// <summary>The path as Go's decoder names it: without indices.</summary>
    internal string WithoutIndices => string.Join('.', Segments().Where(s => s is { name: not null, isKey: false }).Select(s => s.name));

    /// <summary>The value at this path, or the deepest value on the way to it that exists.</summary>
    public TreeNode Locate(TreeNode root)
    {
        var node = root;
        foreach (var segment in Segments())
        {
            var next = (node, segment.name) switch
            {
                (MappingNode mapping, { } field) => mapping[field],
                (SequenceNode sequence, null) when segment.index < sequence.Items.Count => sequence.Items[segment.index],
                _ => null,
            };
            if (next is null)
                break;
            node = next;
        }

        return node;
    }

    /// <summary>Where to send the reader: the key if the last step names one that exists, else the deepest value.</summary>
    internal SourcePosition PositionIn(TreeNode root)
    {
        if (name is not null && parent?.Locate(root) is MappingNode owner && owner[name] is { } value)
        {
            // A missing value ("key:") has no place of its own worth showing.
            if (value.IsNull || isKey || value is not ScalarNode)
                return owner.Entries.Last(e => e.Key == name).KeyPosition;
            return value.Position;
        }

        return Locate(root).Position;
    }

    /// <summary>Whether this is the other field, or lies somewhere below it.</summary>
    public bool IsInside(FieldPath other) => AncestorAt(other.depth)?.IsSame(other) == true;

    /// <summary>The index in a list below which this path lies; null if it lies elsewhere.</summary>
    internal int? IndexIn(FieldPath list) => IsInside(list) && AncestorAt(list.depth + 1) is { name: null } item ? item.index : null;

    private FieldPath? AncestorAt(int level)
    {
        var step = this;
        while (step is not null && step.depth > level)
            step = step.parent;
        return step?.depth == level ? step : null;
    }

    private bool IsSame(FieldPath? other)
    {
        var (mine, theirs) = (this, other);
        while (mine?.parent is not null && theirs?.parent is not null && mine.name == theirs.name && mine.index == theirs.index)
            (mine, theirs) = (mine.parent, theirs.parent);
        return mine?.parent is null && theirs?.parent is null;
    }

    public int CompareTo(FieldPath? other)
    {
        if (other is null)
            return 1;
        using var theirs = other.Segments().GetEnumerator();
        foreach (var mine in Segments())
        {
            if (!theirs.MoveNext())
                return 1;
            var order = mine.name is null && theirs.Current.name is null
                ? mine.index.CompareTo(theirs.Current.index)
                : string.CompareOrdinal(mine.name, theirs.Current.name);
            if (order != 0)
                return order;
        }

        return theirs.MoveNext() ? -1 : 0;
    }

    public override string ToString() => text ??= parent is null ? ""
        : isKey ? parent.ToString()
        : name is null ? $"{parent}[{index.ToString(CultureInfo.InvariantCulture)}]"
        : parent.ToString() is { Length: > 0 } before ? $"{before}.{name}"
        : name;

    /// <summary>The way down: a name, or an index where the name is null.</summary>
    internal IEnumerable<(string? Name, int Index)> Steps() => Segments().Select(s => (s.name, s.index));

    private List<FieldPath> Segments()
    {
        List<FieldPath> segments = [];
        for (var step = this; step.parent is not null; step = step.parent)
            segments.Add(step);
        segments.Reverse();
        return segments;
    }
}
