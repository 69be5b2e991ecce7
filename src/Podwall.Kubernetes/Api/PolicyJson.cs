using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Writes a NetworkPolicy's spec as the API server prints it: fields in its order, empty ones left out.</summary>
public static class PolicyJson
{
    public static void Write(Utf8JsonWriter json, PolicySpec spec)
    {
        json.WriteStartObject();
        json.WritePropertyName("podSelector");
        Write(json, spec.PodSelector);
        WriteRules(json, "ingress", "from", spec.Ingress);
        WriteRules(json, "egress", "to", spec.Egress);
        WriteTexts(json, "policyTypes", spec.PolicyTypes);
        json.WriteEndObject();
    }

    private static void WriteRules(Utf8JsonWriter json, string field, string peers, ValueList<PolicyRule> rules) => WriteList(json, field, rules, rule =>
    {
        json.WriteStartObject();
        WriteList(json, "ports", rule.Ports, port => Write(json, port));
        WriteList(json, peers, rule.Peers, peer => Write(json, peer));
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, PolicyPort port)
    {
        json.WriteStartObject();
        if (port.Protocol is not null)
            json.WriteString("protocol", port.Protocol);
        if (port.Port is { Name: { } name })
            json.WriteString("port", name);
        else if (port.Port is { } value)
            json.WriteNumber("port", value.Number);
        if (port.EndPort is { } last)
            json.WriteNumber("endPort", last);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PolicyPeer peer)
    {
        json.WriteStartObject();
        foreach (var (field, selector) in new[] { ("podSelector", peer.PodSelector), ("namespaceSelector", peer.NamespaceSelector) })
        {
            if (selector is null)
                continue;
            json.WritePropertyName(field);
            Write(json, selector);
        }

        if (peer.IpBlock is { } block)
        {
            json.WriteStartObject("ipBlock");
            json.WriteString("cidr", block.Cidr);
            WriteTexts(json, "except", block.Except);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LabelSelector selector)
    {
        json.WriteStartObject();
        if (selector.MatchLabels.Count > 0)
        {
            json.WriteStartObject("matchLabels");
            foreach (var (key, value) in selector.MatchLabels.OrderBy(l => l.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        WriteList(json, "matchExpressions", selector.MatchExpressions, term =>
        {
            json.WriteStartObject();
            json.WriteString("key", term.Key);
            json.WriteString("operator", term.Operator);
            WriteTexts(json, "values", term.Values);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string field, ValueList<string> texts) => WriteList(json, field, texts, json.WriteStringValue);

    private static void WriteList<T>(Utf8JsonWriter json, string field, ValueList<T> items, Action<T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(field);
        foreach (var item in items)
            write(item);
        json.WriteEndArray();
    }
}
