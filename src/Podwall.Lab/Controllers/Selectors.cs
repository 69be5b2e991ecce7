using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using Podwall.Policy;

namespace Podwall.Lab.Controllers;

/// <summary>Selectors as objects write them.</summary>
internal static class Selectors
{
    /// <summary>With <c>matchLabels</c> and <c>matchExpressions</c>.</summary>
    public static Selector OfLabels(JsonNode? written) =>
        Selector.Of([.. OfMap(written?["matchLabels"]).Requirements, .. Cells.Items(written?["matchExpressions"]).Select(OfTerm)]);

    /// <summary>Plain labels that must all be there.</summary>
    public static Selector OfMap(JsonNode? labels) => Selector.Of((labels as JsonObject ?? []).Select(l => (l.Key, $"{l.Value}")));

    public static Requirement OfTerm(JsonObject term)
    {
        var (key, values) = (Cells.Text(term, "key"), Cells.Items<JsonValue>(term["values"]).Select(v => v.ToString()).ToValueList());
        return Cells.Text(term, "operator") switch
        {
            "In" => new Requirement.OneOf(key, values),
            "NotIn" => new Requirement.NoneOf(key, values),
            "Exists" => new Requirement.Present(key),
            "DoesNotExist" => new Requirement.Absent(key),
            "Gt" => new Compared(key, Number(values), 1),
            "Lt" => new Compared(key, Number(values), -1),
            // What is not understood selects nothing.
            _ => new Requirement.OneOf(key, []),
        };
    }

    private static long? Number(ValueList<string> values) => values.Count == 1 && long.TryParse(values[0], CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary><c>Gt</c> and <c>Lt</c>, which only nodes are asked.</summary>
    private sealed record Compared(string Key, long? Bound, int Order) : Requirement(Key)
    {
        public override bool HoldsFor(string? value) => Bound is { } bound && long.TryParse(value, CultureInfo.InvariantCulture, out var number) && number.CompareTo(bound) == Order;
    }
}
