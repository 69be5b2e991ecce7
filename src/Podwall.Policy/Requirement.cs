namespace Podwall.Policy;

/// <summary>One term of a selector; <c>matchLabels</c> entries are <see cref="OneOf"/> with a single value.</summary>
public abstract record Requirement(string Key)
{
    /// <summary>Whether an object with this value of <see cref="Key"/> satisfies the term; null is a missing key.</summary>
    public abstract bool HoldsFor(string? value);

    public bool Holds(Labels labels) => HoldsFor(labels[Key]);

    /// <summary><c>In</c>: the key is there, with one of the values.</summary>
    public sealed record OneOf(string Key, ValueList<string> Values) : Requirement(Key)
    {
        public override bool HoldsFor(string? value) => value is not null && Values.AsSpan().Contains(value);

        public override string ToString() => Values.Count == 1 ? $"{Key}: {Text(Values[0])}" : $"{Key} in ({string.Join(", ", Values)})";
    }

    /// <summary><c>NotIn</c>: the key is missing, or has none of the values.</summary>
    public sealed record NoneOf(string Key, ValueList<string> Values) : Requirement(Key)
    {
        public override bool HoldsFor(string? value) => value is null || !Values.AsSpan().Contains(value);

        public override string ToString() => $"{Key} notin ({string.Join(", ", Values)})";
    }

    /// <summary><c>Exists</c>: the key is there, with any value.</summary>
    public sealed record Present(string Key) : Requirement(Key)
    {
        public override bool HoldsFor(string? value) => value is not null;

        public override string ToString() => $"{Key} exists";
    }

    /// <summary><c>DoesNotExist</c>: the key is missing.</summary>
    public sealed record Absent(string Key) : Requirement(Key)
    {
        public override bool HoldsFor(string? value) => value is null;

        public override string ToString() => $"{Key} does not exist";
    }

    private static string Text(string value) => value.Length == 0 ? "\"\"" : value;
}
