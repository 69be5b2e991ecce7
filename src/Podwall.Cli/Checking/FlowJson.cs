using System.Text.Json;
using Podwall.Policy;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Checking;

/// <summary>What is said of a flow, in one shape.</summary>
internal static class FlowJson
{
    /// <summary><c>from</c>, <c>to</c>, <c>protocol</c>, and <c>port</c> where the protocol has ports.</summary>
    public static void WriteEnds(Utf8JsonWriter json, string from, string to, Protocol protocol, int port)
    {
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteString("protocol", protocol.Name());
        if (protocol != Protocol.Icmp)
            json.WriteNumber("port", port);
    }

    public static void WriteSide(Utf8JsonWriter json, Direction direction, in Flow flow, in FlowDecision decision)
    {
        var (side, subject) = direction == Direction.Egress ? (decision.Egress, flow.From) : (decision.Ingress, flow.To);
        json.WriteString("verdict", CheckJson.Name(side.Verdict));
        json.WriteStartArray("isolatedBy");
        foreach (var policy in subject.IsolatedBy(direction))
            json.WriteStringValue($"{policy}");
        json.WriteEndArray();
        json.WriteStartArray("matched");
        foreach (var rule in decision.Allowing(flow, direction))
        {
            json.WriteStartObject();
            WriteRuleId(json, rule);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("reason", ReasonText.Of(side.Why, subject));
    }

    public static void WriteRuleId(Utf8JsonWriter json, RuleId rule)
    {
        json.WriteString("policy", $"{rule.Policy}");
        json.WriteNumber("rule", rule.Index);
        json.WriteString("field", rule.Path);
    }

    /// <summary>Only where IPv4 and IPv6 come to different verdicts.</summary>
    public static void WriteFamilies(Utf8JsonWriter json, in FlowDecision decision)
    {
        if (!decision.FamiliesDiffer)
            return;
        json.WriteStartObject("families");
        json.WriteString("IPv4", decision.AllowedOver.HasFlag(IpFamilies.V4) ? "allow" : "deny");
        json.WriteString("IPv6", decision.AllowedOver.HasFlag(IpFamilies.V6) ? "allow" : "deny");
        json.WriteEndObject();
    }
}
