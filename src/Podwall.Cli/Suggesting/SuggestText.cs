using System.Text.Json;
using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Suggesting;

/// <summary>Suggested policies as manifests that can be applied as they are; what is proven of them stands in comments.</summary>
internal static class SuggestText
{
    private const int MostUnused = 60;

    private static readonly Traffic Dns = Traffic.Of(Protocol.Udp, PortSet.Of(53)).Union(Traffic.Of(Protocol.Tcp, PortSet.Of(53)));

    public static void WriteManifests(Paper paper, LeastPrivilege suggested)
    {
        foreach (var policy in suggested.Policies)
        {
            foreach (var line in PolicyYaml.Of(policy))
                paper.Line(line);
            paper.Line("---");
        }
    }

    public static void WriteProof(Paper paper, ObservedFlows observed, LeastPrivilege suggested, string prefix)
    {
        paper.Line(new Piece($"{prefix}{suggested.Policies.Count} policies for {Plural.Of(observed.Flows.Count, "different flow")} of {Plural.Of(observed.Lines, "line")}: ", Ink.Strong),
            suggested.Denied.Count == 0 ? new Piece("every one is allowed", Ink.Good) : new Piece($"{suggested.Denied.Count} would be denied", Ink.Bad));
        foreach (var flow in suggested.Denied)
            paper.Line(new Piece($"{prefix}  denied: {flow}", Ink.Bad));
        if (observed.Denied > 0)
            paper.Line($"{prefix}{observed.Denied} lines of the log say that something was denied; it stays so");
        if (suggested.Unused.Count > 0)
            paper.Line($"{prefix}what else they allow:");
        foreach (var other in suggested.Unused.Take(MostUnused))
            paper.Line(new Piece($"{prefix}  {other.From} -> {other.To}   {other.Traffic}{(other.OnlyOver is { } family ? $" over {family} only" : "")}   {Why(other)}", Ink.Dim));
        if (suggested.Unused.Count > MostUnused)
            paper.Line(new Piece($"{prefix}  and {suggested.Unused.Count - MostUnused} more; -o json has them", Ink.Dim));
        if (suggested.Untouched.Count > 0)
            paper.Line($"{prefix}left alone, and open: {string.Join(", ", suggested.Untouched)}");
    }

    public static void WriteJson(Terminal terminal, OutputFormat format, ObservedFlows observed, LeastPrivilege suggested) => Documents.Write(terminal, format, json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", "LeastPrivilege");
        json.WriteNumber("flows", observed.Flows.Count);
        json.WriteStartArray("policies");
        foreach (var policy in suggested.Policies)
        {
            json.WriteStartObject();
            json.WriteString("policy", $"{policy.Id}");
            json.WriteString("manifest", string.Join('\n', PolicyYaml.Of(policy)) + "\n");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Checking.CheckJson.Strings(json, "denied", suggested.Denied.Select(f => $"{f}"));
        json.WriteStartArray("unused");
        foreach (var other in suggested.Unused)
            Write(json, other);
        json.WriteEndArray();
        Checking.CheckJson.Strings(json, "untouched", suggested.Untouched);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Unused other)
    {
        json.WriteStartObject();
        json.WriteString("from", other.From);
        json.WriteString("to", other.To);
        TrafficJson.Write(json, "allowed", other.Traffic);
        if (other.OnlyOver is { } family)
            json.WriteString("family", $"{family}");
        json.WriteString("why", Why(other));
        json.WriteEndObject();
    }

    private static string Why(Unused other) => other.Traffic.Except(Dns).IsNone ? "DNS, which every pod may ask"
        : other.Traffic.IsEverything ? "the other end has no policy"
        : other.Traffic.PortLess ? "ICMP was seen, which only a rule without ports allows"
        : "its labels are those of what was seen";
}
