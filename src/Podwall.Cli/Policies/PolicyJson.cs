using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Policies;

/// <summary>Policies for a program: kinds <c>PolicyList</c> and <c>PolicyDescription</c>, see docs/json.md.</summary>
internal static class PolicyJson
{
    public static void WriteList(Terminal terminal, OutputFormat format, IReadOnlyList<PolicySummary> policies) =>
        Documents.WriteList(terminal, format, "PolicyList", "policies", policies, (json, policy) => WriteObject(json, policy, null));

    public static void Write(Terminal terminal, OutputFormat format, PolicySummary policy) =>
        Documents.Write(terminal, format, json => WriteObject(json, policy, "PolicyDescription"));

    private static void WriteObject(Utf8JsonWriter json, PolicySummary summary, string? kind)
    {
        json.WriteStartObject();
        if (kind is not null)
        {
            json.WriteString("apiVersion", "podwall.dev/v1");
            json.WriteString("kind", kind);
        }

        json.WriteString("policy", $"{summary.Policy.Id}");
        CheckJson.Position(json, summary.Position);
        json.WriteString("subject", $"{summary.Policy.Subject}");
        json.WriteNumber("pods", summary.Pods);
        CheckJson.Strings(json, "workloads", summary.Workloads);
        Rules(json, "ingress", summary, Direction.Ingress);
        Rules(json, "egress", summary, Direction.Egress);
        json.WriteEndObject();
    }

    private static void Rules(Utf8JsonWriter json, string name, PolicySummary summary, Direction direction)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("governed", summary.Policy.Governs(direction));
        if (summary.Inert.Contains(direction))
            json.WriteBoolean("rulesWithoutEffect", true);
        json.WriteStartArray("rules");
        foreach (var rule in summary.Policy.Rules(direction) ?? [])
        {
            json.WriteStartObject();
            CheckJson.Strings(json, "peers", rule.AnyPeer ? ["*"] : rule.Peers.Select(PolicyYaml.Of));
            CheckJson.Strings(json, "ports", rule.AnyPort ? ["*"] : rule.Ports.Select(PolicyYaml.Of));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
