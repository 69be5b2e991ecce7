using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Policy.Explaining;

namespace Podwall.Tests.Cli;

/// <summary>docs/schema says what other programs may rely on: every output fits, and nothing in it goes unsaid.</summary>
public sealed class SchemaTests
{
    private const string Policy =
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: own, namespace: apps}
        spec:
          podSelector: {matchLabels: {app: db}}
          policyTypes: [Ingress]
          ingress:
          - from: [{ipBlock: {cidr: 0.0.0.0/0}}]
            ports: [{port: 80}]
          - from: [{ipBlock: {cidr: 10.0.0.0/8}}]
            ports: [{port: 80}]
          egress:  # podwall: ignore direction-forgotten: so that there is one
          - {}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: apps, labels: {app: db}}
        status: {podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: apps, labels: {app: web}}
        status: {podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: unplaced, namespace: apps}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: apps}
        spec: {selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: ignored, namespace: apps}
        """;

    public static TheoryData<string> Schemas => [.. Directory.EnumerateFiles(Checkout.At("docs", "schema"), "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Schemas))]
    public void A_schema_names_itself_and_its_examples_fit(string name)
    {
        var schema = SchemaValidator.Read(name);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.GetProperty("$schema").GetString());
        Assert.Equal($"https://podwall.dev/schema/v1/{name}", schema.GetProperty("$id").GetString());
        Assert.NotEmpty(schema.GetProperty("examples").EnumerateArray());
        foreach (var example in schema.GetProperty("examples").EnumerateArray())
            Assert.Empty(SchemaValidator.Of(name).FaultsOf(example));
    }

    [Theory, MemberData(nameof(Schemas))]
    public async Task Outputs_fit_and_every_field_of_the_schema_occurs(string name)
    {
        var validator = SchemaValidator.Of(name);
        var count = 0;
        await foreach (var (output, pointer, command) in Outputs(name))
        {
            var faults = validator.FaultsOf(output, pointer);
            Assert.True(faults.Count == 0, $"{command}\n{string.Join('\n', faults.Take(5))}");
            count++;
        }

        Assert.True(count > 30, $"{count} outputs are too few to prove anything");
        Assert.Empty(Places(SchemaValidator.Read(name), "#").Except(validator.Met).Except(NotMet(name)));
    }

    [Fact]
    public void A_definition_of_one_name_is_the_same_everywhere()
    {
        var shared = Schemas.Select(n => SchemaValidator.Read(n.Data)).SelectMany(s => s.GetProperty("$defs").EnumerateObject())
            .Where(d => d.Name is "traffic" or "source" or "ruleId" or "verdict" or "families").GroupBy(d => d.Name);
        foreach (var definition in shared)
            Assert.All(definition, d => Assert.True(JsonElement.DeepEquals(definition.First().Value, d.Value), d.Name));
    }

    [Fact]
    public void The_validator_finds_faults()
    {
        var validator = SchemaValidator.Of("reachability.json");
        foreach (var wrong in (string[])
        [
            """[]""", """{}""",
            """{"apiVersion":"podwall.dev/v2","kind":"Reachability","connections":[]}""",
            """{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[{"from":1,"to":"b","allowed":[]}]}""",
            """{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[{"from":"a","to":"b","allowed":[{"protocol":"tcp"}]}]}""",
            """{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[{"from":"a","to":"b","allowed":[{"protocol":"TCP","ports":[]}]}]}""",
            """{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[{"from":"a","to":"b","allowed":[{"protocol":"TCP","ports":["80,81"]}]}]}""",
            """{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[],"more":1}""",
        ])
            Assert.NotEmpty(validator.FaultsOf(JsonDocument.Parse(wrong).RootElement));
        var later = JsonDocument.Parse("""{"apiVersion":"podwall.dev/v1","kind":"Reachability","connections":[],"more":1}""").RootElement;
        Assert.Empty(SchemaValidator.Of("reachability.json", isStrict: false).FaultsOf(later));
    }

    [Fact]
    public void Causes_and_codes_are_documented()
    {
        var document = File.ReadAllText(Checkout.At("docs", "json.md"));
        var causes = typeof(Miss).GetNestedTypes().Select(t => t.Name);
        var codes = typeof(DiagnosticCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!).Where(c => c != DiagnosticCodes.InvalidExpectations);
        Assert.All(causes.Concat(codes), word => Assert.Contains($"| `{word}` |", document, StringComparison.Ordinal));
    }

    private static IEnumerable<string> NotMet(string name) => name switch
    {
        // Only a live cluster shows it: LiveAssertionTests.
        "test-run.json" => Places(SchemaValidator.Read(name), "#").Where(p => p.Contains("/live", StringComparison.Ordinal)),
        // A question without a port has had no note so far.
        "allowed-traffic.json" => ["#/properties/notes/items"],
        // What was observed is allowed, and over both families, in every example so far.
        "least-privilege.json" => ["#/properties/denied/items", "#/properties/unused/items/properties/family"],
        _ => [],
    };

    internal static IEnumerable<string> Places(JsonElement schema, string place)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var keyword in schema.EnumerateObject())
        {
            if (keyword.Name is "properties" or "$defs")
                foreach (var inner in keyword.Value.EnumerateObject())
                    foreach (var found in Places(inner.Value, $"{place}/{keyword.Name}/{inner.Name}").Prepend($"{place}/{keyword.Name}/{inner.Name}"))
                        yield return found;
            if (keyword.Name == "items")
                foreach (var found in Places(keyword.Value, $"{place}/items").Prepend($"{place}/items"))
                    yield return found;
        }
    }

    private static async IAsyncEnumerable<(JsonElement Output, string Pointer, string Command)> Outputs(string schema)
    {
        foreach (var folder in schema == "validation.json" ? Scenario.Folders.Concat(Scenario.Refused).Append("-") : Scenario.Folders.Append("-"))
            foreach (var (arguments, pointer) in await Commands(schema, folder))
            {
                string[] all = arguments[0] is "diff" or "equivalent" ? arguments : [.. arguments, "-f", folder == "-" && arguments.Contains("--flows") ? await Scenario.AsFile(Policy) : folder];
                var run = await CliRun.WithInput(arguments.Contains("--flows") ? Scenario.Flows(folder) : folder == "-" ? Policy : "", all);
                var texts = arguments[^1] == "jsonl" ? run.Lines : run.Out.Length > 0 ? [run.Out] : [];
                foreach (var text in texts)
                    yield return (JsonDocument.Parse(text).RootElement, pointer, string.Join(' ', all) + run.Error);
            }
    }

    private static async Task<IEnumerable<(string[] Arguments, string Pointer)>> Commands(string schema, string folder)
    {
        (string From, string To)[] ends = folder == "-" ? [("apps/web", "apps/db"), ("apps/unplaced", "apps/db"), ("apps/web", "192.0.2.1"), ("192.0.2.1", "apps/db"), ("apps/web", "apps/service/db")] : schema is "explanation.json" or "allowed-traffic.json" ? [.. Scenario.Ends(folder)] : [];
        return schema switch
        {
            "explanation.json" => ends.SelectMany(e => (string[])["80", "53/udp", "icmp"], (e, port) => (string[])["check", "--from", e.From, "--to", Scenario.WithPort(e.To, port)]).SelectMany(a => Both(a, "/$defs/answer")),
            "allowed-traffic.json" => ends.SelectMany(e => Both(["check", "--from", e.From, "--to", e.To], "/$defs/answer")),
            "flow-answer.json" => [(["check", "--flows", "-", "-o", "jsonl"], "")],
            "reachability.json" => Both(["matrix"], "/$defs/connection").Concat(Both(["matrix", "--by", "pod"], "/$defs/connection")),
            "validation.json" => Both(["validate"], "/$defs/finding"),
            "lint-report.json" => Both(["lint"], "/$defs/finding"),
            "policy-list.json" => Both(["get"], "/$defs/policy"),
            "policy-diff.json" => (await Sides(folder)).Select(s => ((string[])["diff", s.Before, s.After, "-o", "json"], "")),
            "equivalence.json" => (await Sides(folder)).Select(s => ((string[])["equivalent", s.Before, s.After, "--present", "-o", "json"], "")),
            "test-run.json" => folder == "-" ? [] : [(["test", await Scenario.AsFile(Tests(folder)), "-o", "json"], "")],
            "query.json" => [(["query", "--across", "namespace", "-o", "json"], ""), (["query", "--from", "*/*", "-o", "json"], ""), (["query", "--from", "not outside", "--transitive", "-o", "json"], ""), (["query", "--to", folder == "-" ? "apps/db" : "*/*", "--transitive", "-o", "json"], "")],
            "least-privilege.json" => [(["suggest", "--flows", await Scenario.AsFile(Scenario.Flows(folder).Replace("ICMP", "UDP", StringComparison.Ordinal).Replace("null", "53", StringComparison.Ordinal)), "--skip-unknown", "-o", "json"], "")],
            "policy-description.json" => (await Scenario.Policies(folder, Policy)).Select(p => ((string[])["describe", p, "-o", "json"], "")),
            _ => throw new InvalidOperationException($"no command is known for {schema}"),
        };
    }

    /// <summary>States to compare: with and without a scenario's policies; of no folder, what scenarios do not have.</summary>
    private static async Task<IEnumerable<(string Before, string After)>> Sides(string folder)
    {
        if (folder != "-")
            return [($"{folder}/scenario", folder), (folder, $"{folder}/scenario")];
        string[] states =
        [
            await Scenario.AsFile(Policy),
            await Scenario.AsFile(Policy.Replace("cidr: 0.0.0.0/0", "cidr: \"::/0\"", StringComparison.Ordinal)),
            await Scenario.AsFile(Policy.Replace("name: web", "name: later", StringComparison.Ordinal)),
            await Scenario.AsFile(Policy.Replace("ipBlock: {cidr: 0.0.0.0/0}", "namespaceSelector: {matchLabels: {team: a}}", StringComparison.Ordinal)),
            await Scenario.AsFile(Policy.Replace("ipBlock: {cidr: 0.0.0.0/0}", "namespaceSelector: {matchLabels: {team: b}}", StringComparison.Ordinal)),
        ];
        return states.SelectMany(b => states.Where(a => a != b).Select(a => (b, a)));
    }

    private static string Tests(string folder) =>
        $$"""
        apiVersion: podwall.dev/v1
        kind: Expectations
        title: {{folder}}
        expect:
        - {from: "*/*", to: "*/*", ports: [80/tcp], is: allow}
        - {from: "*/*", to: "*/*", ports: [any], is: deny}
        - {from: outside, to: "*/*", ports: [icmp], is: deny}
        """;

    private static IEnumerable<(string[], string)> Both(string[] arguments, string line) => [([.. arguments, "-o", "json"], ""), ([.. arguments, "-o", "jsonl"], line)];
}
