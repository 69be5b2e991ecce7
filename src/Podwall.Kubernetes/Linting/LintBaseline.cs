using System.Text.Json;

namespace Podwall.Kubernetes.Linting;

/// <summary>
/// The findings that were there when a team began: by rule, object and matter, never by line. As many as it holds of one
/// key are old; one more is new.
/// </summary>
public sealed class LintBaseline
{
    public const string Kind = "LintBaseline";

    private readonly Dictionary<string, int> known;

    private LintBaseline(Dictionary<string, int> known) => this.known = known;

    public static LintBaseline Of(IEnumerable<PlacedFinding> findings) => new(findings.Where(f => f.IgnoredBecause is null).CountBy(f => f.Key).ToDictionary());

    /// <exception cref="FormatException">The text is no baseline.</exception>
    public static LintBaseline Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.GetProperty("kind").GetString() != Kind || document.RootElement.GetProperty("apiVersion").GetString() != ExpectationsReader.ApiVersion)
                throw new FormatException($"it is not of kind {Kind} ({ExpectationsReader.ApiVersion})");
            return new(document.RootElement.GetProperty("findings").EnumerateArray()
                .GroupBy(f => $"{f.GetProperty("rule").GetString()} | {f.GetProperty("object").GetString()} | {f.GetProperty("matter").GetString()}")
                .ToDictionary(g => g.Key, g => g.Sum(f => f.TryGetProperty("count", out var count) ? count.GetInt32() : 1)));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"it is no baseline of lint: {broken.Message}", broken);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", ExpectationsReader.ApiVersion);
        json.WriteString("kind", Kind);
        json.WriteStartArray("findings");
        foreach (var (key, count) in known.OrderBy(k => k.Key, StringComparer.Ordinal))
        {
            var parts = key.Split(" | ", 3);
            json.WriteStartObject();
            json.WriteString("rule", parts[0]);
            json.WriteString("object", parts[1]);
            json.WriteString("matter", parts[2]);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Marks the old ones; and how many entries nothing was found for.</summary>
    public (List<PlacedFinding> Findings, int Gone) Apply(IEnumerable<PlacedFinding> findings)
    {
        var left = new Dictionary<string, int>(known);
        List<PlacedFinding> marked = [.. findings.Select(f => f.IgnoredBecause is null && left.GetValueOrDefault(f.Key) > 0 ? Old(f) : f)];
        return (marked, left.Values.Sum());

        PlacedFinding Old(PlacedFinding finding)
        {
            left[finding.Key]--;
            return finding with { IsOld = true };
        }
    }
}
