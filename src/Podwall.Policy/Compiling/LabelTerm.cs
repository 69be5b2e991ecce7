namespace Podwall.Policy.Compiling;

/// <summary>Something that selectors tell labels apart by: one value of a key, or, where the value is null, the key at all.</summary>
internal readonly record struct LabelTerm(string Key, string? Value)
{
    /// <summary>Stands for any value that no selector names. No label has it, for labels hold no control characters.</summary>
    public const string OtherValue = "\u0001";

    public static void Add(Selector selector, HashSet<LabelTerm> terms)
    {
        foreach (var requirement in selector.Requirements)
        {
            terms.Add(new(requirement.Key, null));
            // Only whether a key exists tells another value from none.
            ValueList<string> values = requirement switch
            {
                Requirement.OneOf(_, var named) => named,
                Requirement.NoneOf(_, var named) => named,
                _ => [OtherValue],
            };
            foreach (var value in values)
                terms.Add(new(requirement.Key, value));
        }
    }
}
