using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Api.Admission;

/// <summary>Values as messages of a server show them: as Go source (<c>%#v</c>).</summary>
internal static class GoValues
{
    public static string Map(JsonNode? map) => map is JsonObject entries
        ? $"map[string]string{{{string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{GoText.Quote(e.Key)}:{GoText.Quote(e.Value?.ToString() ?? "")}"))}}}"
        : "map[string]string(nil)";

    public static string Texts(IReadOnlyCollection<string>? texts) => texts is { Count: > 0 } ? $"[]string{{{string.Join(", ", texts.Select(GoText.Quote))}}}" : "[]string(nil)";

    public static string Selector(JsonNode? selector)
    {
        var terms = Cells.Items(selector?["matchExpressions"]).Select(t =>
            $"v1.LabelSelectorRequirement{{Key:{GoText.Quote(Cells.Text(t, "key"))}, Operator:{GoText.Quote(Cells.Text(t, "operator"))}, Values:{Texts([.. Cells.Items<JsonValue>(t["values"]).Select(v => v.ToString())])}}}").ToList();
        return $"v1.LabelSelector{{MatchLabels:{Map(selector?["matchLabels"])}, MatchExpressions:[]v1.LabelSelectorRequirement{(terms.Count > 0 ? $"{{{string.Join(", ", terms)}}}" : "(nil)")}}}";
    }
}
