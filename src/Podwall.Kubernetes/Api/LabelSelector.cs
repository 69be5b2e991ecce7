using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>A selector as the API holds it, valid or not.</summary>
public sealed record LabelSelector(ValueList<Label> MatchLabels, ValueList<SelectorTerm> MatchExpressions)
{
    public static LabelSelector Empty { get; } = new([], []);

    /// <summary>What the engine reads; only for a selector that was found valid.</summary>
    public Selector ToSelector() => Selector.Of([
        .. MatchLabels.Select(l => (Requirement)new Requirement.OneOf(l.Key, [l.Value])),
        .. MatchExpressions.Select(t => t.ToRequirement()),
    ]);

    internal static LabelSelector? Decode(Cursor field)
    {
        if (field.IsAbsent)
            return null;
        var selector = field.Struct("v1.LabelSelector", "matchLabels", "matchExpressions");
        return new(
            selector["matchLabels"].TextMap(),
            selector["matchExpressions"].Items("v1.LabelSelectorRequirement") is { } terms ? terms.Select(SelectorTerm.Decode).ToValueList() : []);
    }
}

/// <summary>From the engine's selector back to the API's.</summary>
public static class LabelSelectors
{
    /// <summary>A single value stands in <c>matchLabels</c>, unless another one has taken the key.</summary>
    public static LabelSelector ToLabelSelector(this Selector selector)
    {
        var labels = selector.Requirements.OfType<Requirement.OneOf>().Where(r => r.Values.Count == 1).DistinctBy(r => r.Key).ToValueList();
        return new(
            labels.Select(r => new Label(r.Key, r.Values[0])).ToValueList(),
            selector.Requirements.Except(labels).Select(ToTerm).ToValueList());
    }

    private static SelectorTerm ToTerm(Requirement requirement) => requirement switch
    {
        Requirement.OneOf some => new(some.Key, "In", some.Values),
        Requirement.NoneOf none => new(none.Key, "NotIn", none.Values),
        Requirement.Present => new(requirement.Key, "Exists", []),
        _ => new(requirement.Key, "DoesNotExist", []),
    };
}

/// <summary>One entry of <c>matchExpressions</c>.</summary>
public sealed record SelectorTerm(string Key, string Operator, ValueList<string> Values)
{
    internal Requirement ToRequirement() => Operator switch
    {
        "In" => new Requirement.OneOf(Key, Values),
        "NotIn" => new Requirement.NoneOf(Key, Values),
        "Exists" => new Requirement.Present(Key),
        "DoesNotExist" => new Requirement.Absent(Key),
        _ => throw new InvalidOperationException($"'{Operator}' is no operator of a selector; the selector was not validated."),
    };

    internal static SelectorTerm Decode(Cursor item)
    {
        var term = item.Struct("v1.LabelSelectorRequirement", "key", "operator", "values");
        return new(term["key"].Text() ?? "", term["operator"].Text("v1.LabelSelectorOperator") ?? "", term["values"].Texts());
    }
}
