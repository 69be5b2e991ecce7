namespace Podwall.Policy;

/// <summary>Label requirements that must all hold; with none, every object is selected. Equal sets of terms are equal.</summary>
public sealed record Selector
{
    private readonly int hash;

    private Selector(ValueList<Requirement> requirements)
    {
        Requirements = requirements;
        hash = requirements.GetHashCode();
    }

    public static Selector Everything { get; } = new([]);

    /// <summary>Sorted by key, each term once.</summary>
    public ValueList<Requirement> Requirements { get; }

    public static Selector Of(params IEnumerable<Requirement> requirements)
    {
        var sorted = requirements.Distinct().OrderBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.ToString(), StringComparer.Ordinal).ToValueList();
        return sorted.Count == 0 ? Everything : new(sorted);
    }

    public static Selector Of(params IEnumerable<(string Key, string Value)> labels) =>
        Of(labels.Select(l => (Requirement)new Requirement.OneOf(l.Key, [l.Value])));

    public bool Selects(Labels labels)
    {
        foreach (var requirement in Requirements)
            if (!requirement.Holds(labels))
                return false;
        return true;
    }

    public bool Equals(Selector? other) => ReferenceEquals(this, other) || (other is not null && hash == other.hash && Requirements == other.Requirements);

    public override int GetHashCode() => hash;

    public override string ToString() => $"{{{string.Join(", ", Requirements)}}}";
}
