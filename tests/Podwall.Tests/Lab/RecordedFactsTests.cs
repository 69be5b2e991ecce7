using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Tests.Lab;

/// <summary>
/// The embedded server is taken through everything that a real one was asked, at the same versions, and must answer the same.
/// </summary>
public sealed class RecordedFactsTests
{
    private const string Policies = "/apis/networking.k8s.io/v1/namespaces/wt/networkpolicies";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Protobuf bodies come with the part of the server that kubectl needs them for.
    private static readonly string[] NotServed = ["list protobuf"];

    private static readonly Dictionary<string, string> Accepts = new()
    {
        ["accept text/html"] = "text/html",
        ["accept nothing acceptable"] = "application/x-nothing",
        ["list yaml"] = "application/yaml",
        ["watch as PartialObjectMetadata"] = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        ["list as PartialObjectMetadataList"] = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    };

    [Fact]
    public async Task The_server_answers_as_a_real_one_did()
    {
        var facts = RecordedFact.ReadAll();
        await using var replay = await Replay.StartAsync();
        List<string> differences = [];
        foreach (var fact in facts.Where(f => !NotServed.Contains(f.Title)))
        {
            if (fact.Title == "continue token expired (compacted)")
                await replay.CompactAsync();
            differences.AddRange((await replay.CompareAsync(fact)).Select(d => $"{fact.Title}: {d}"));
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private sealed class Replay(ManualTime time, ApiServer server, HttpClient http) : IAsyncDisposable
    {
        public static async Task<Replay> StartAsync()
        {
            ManualTime time = new();
            ObjectStore store = new(firstVersion: 0);
            var server = await ApiServer.StartAsync(new() { Time = time, Store = store, Remembered = Timeout.InfiniteTimeSpan });
            return new(time, server, server.Client());
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await server.DisposeAsync();
        }

        public async Task CompactAsync()
        {
            await AdvanceAsync(481);
            server.Store.Compact();
            server.Store.Forget(265);
            await AdvanceAsync(482);
        }

        public async Task<IReadOnlyList<string>> CompareAsync(RecordedFact fact)
        {
            if (!fact.IsWatch)
                await AdvanceAsync(VersionOf(fact));
            else
                await AdvanceAsync(fact.Title switch
                {
                    "watch no RV" => 308,
                    "watch as Table" => 324,
                    _ => 0,
                });
            using var request = Request(fact);
            using CancellationTokenSource limit = new(Patience);
            if (fact.Title == "list RV too large")
                _ = Task.Run(async () => { while (!limit.IsCancellationRequested) { time.Move(TimeSpan.FromSeconds(1)); await Task.Yield(); } }, limit.Token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if ((int)response.StatusCode != fact.Status)
                return [$"{(int)response.StatusCode} in place of {fact.Status}: {await response.Content.ReadAsStringAsync(limit.Token)}"];
            if (fact.IsWatch && fact.Status == 200)
                return await CompareEventsAsync(fact, response, limit.Token);
            var actual = await response.Content.ReadAsStringAsync(limit.Token);
            await limit.CancelAsync();
            var expected = fact.Body is JsonArray events ? events[0]!["ev"] : fact.Body;
            // The recorded YAML is text; ours is JSON, which is YAML.
            return fact.Title == "list yaml" || RecordedFact.Normal(expected) == RecordedFact.Normal(JsonNode.Parse(actual))
                ? []
                : [$"\n  expected {RecordedFact.Normal(expected)}\n  actual   {RecordedFact.Normal(JsonNode.Parse(actual))}"];
        }

        private async Task<IReadOnlyList<string>> CompareEventsAsync(RecordedFact fact, HttpResponseMessage response, CancellationToken limit)
        {
            using StreamReader lines = new(await response.Content.ReadAsStreamAsync(limit));
            List<string> differences = [];
            foreach (var entry in fact.Body!.AsArray())
            {
                if (entry!["ev"] is not { } expected)
                {
                    time.Move(TimeSpan.FromMinutes(1));
                    if (await lines.ReadLineAsync(limit) is { } more)
                        differences.Add($"more than was expected: {more}");
                    continue;
                }

                if (expected["object"]!["metadata"]?["resourceVersion"] is { } version)
                    await AdvanceAsync(ulong.Parse(version.GetValue<string>(), CultureInfo.InvariantCulture));
                if (expected["type"]!.GetValue<string>() == "BOOKMARK" && entry["t"]!.GetValue<double>() > 1)
                    time.Move(TimeSpan.FromSeconds(2));
                var line = await lines.ReadLineAsync(limit);
                if (line is null || RecordedFact.Normal(expected) != RecordedFact.Normal(JsonNode.Parse(line)))
                    return [.. differences, $"\n  expected {RecordedFact.Normal(expected)}\n  actual   {(line is null ? "the end" : RecordedFact.Normal(JsonNode.Parse(line)))}"];
            }

            return differences;
        }

        private static ulong VersionOf(RecordedFact fact)
        {
            // What a write makes is its own; the state before it is one version older.
            if (fact.Title is "create" or "put changed spec" or "delete")
                return 0;
            var body = fact.Body as JsonObject;
            var version = body?["metadata"]?["resourceVersion"]?.GetValue<string>();
            return version is null || body?["kind"]?.GetValue<string>().EndsWith("List", StringComparison.Ordinal) != true ? 0 : ulong.Parse(version, CultureInfo.InvariantCulture);
        }

        private static HttpRequestMessage Request(RecordedFact fact)
        {
            HttpRequestMessage request = new(new(fact.Method), fact.Path);
            request.Headers.TryAddWithoutValidation("Accept", fact.Title.Contains("Table", StringComparison.Ordinal)
                ? "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
                : Accepts.GetValueOrDefault(fact.Title, "application/json"));
            var (type, body) = fact.Title switch
            {
                "create" or "create again" => ("application/json", Policy("g", "Ingress", "")),
                "put stale resourceVersion" => ("application/json", Policy("g", "Egress", "1")),
                "put no change" => ("application/json", Policy("g", "Ingress", "")),
                "put changed spec" => ("application/json", Policy("g", "Egress", "")),
                "put name mismatch" => ("application/json", Policy("other", "Egress", "")),
                "put to a name that does not exist" => ("application/json", Policy("h", "Egress", "")),
                "patch unsupported type" => ("application/json", "{}"),
                "patch json bad path" => ("application/json-patch+json", """[{"op":"remove","path":"/spec/nothing"}]"""),
                "delete precondition uid" => ("application/json", """{"preconditions":{"uid":"x"}}"""),
                _ => ("", ""),
            };
            if (body.Length > 0)
                request.Content = new StringContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
            return request;
        }

        private static string Policy(string name, string type, string version) =>
new JsonObject
{
    ["metadata"] = version.Length > 0 ? new JsonObject { ["name"] = name, ["resourceVersion"] = version } : new JsonObject { ["name"] = name },
    ["spec"] = new JsonObject { ["podSelector"] = new JsonObject(), ["policyTypes"] = new JsonArray(type) },
}.ToJsonString();

        /// <summary>Makes what was made while the facts were recorded, up to a version; what was made of other kinds is a filler.</summary>
        private async Task AdvanceAsync(ulong target)
        {
            while (server.Store.Version < target)
                await StepAsync(server.Store.Version + 1);
        }

        private Task StepAsync(ulong version) => version switch
        {
            298 => FoundAsync("wt"),
            300 => CreateAsync("p0"),
            301 => CreateAsync("p1"),
            302 => CreateAsync("p2"),
            304 => CreateAsync("zz-between"),
            305 => DeleteAsync("zz-between"),
            306 => CreateAsync("a"),
            307 => PatchAsync("a", """{"metadata":{"labels":{"x":"1"}}}"""),
            308 => DeleteAsync("a"),
            309 => CreateAsync("b"),
            310 => DeleteAsync("b"),
            312 => CreateAsync("c"),
            313 => DeleteAsync("c"),
            314 => CreateAsync("d"),
            315 => DeleteAsync("d"),
            318 => CreateAsync("e"),
            319 => PatchAsync("e", """{"metadata":{"labels":{"x":"1"}}}"""),
            320 => PatchAsync("e", """{"metadata":{"annotations":{"n":"1"}}}"""),
            321 => PatchAsync("e", """{"metadata":{"labels":{"x":"2"}}}"""),
            322 => DeleteAsync("e"),
            323 => PatchAsync("p1", """{"metadata":{"annotations":{"n":"1"}}}"""),
            324 => PatchAsync("p2", """{"metadata":{"annotations":{"n":"1"}}}"""),
            326 => CreateAsync("f"),
            327 => PatchAsync("f", """{"metadata":{"labels":{"q":"1"}}}"""),
            328 => DeleteAsync("f"),
            >= 332 and <= 481 => PatchAsync("p0", $$$$"""{"metadata":{"annotations":{"n":"{{{{version}}}}"}}}"""),
            _ => Task.Run(() => server.Store.Write(ResourceType.ConfigMaps, new("kube-system", "filler"), _ =>
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = "filler", ["namespace"] = "kube-system", ["annotations"] = new JsonObject { ["n"] = $"{version}" } } })),
        };

        // Without what a namespace brings with it, which the real one had made by others, at other versions.
        private Task<StoredObject> FoundAsync(string name) => Task.Run(() => server.Store.Write(ResourceType.Namespaces, new("", name), _ => (JsonObject)JsonNode.Parse($$$"""
            {"metadata":{"name":"{{{name}}}","uid":"any","resourceVersion":"","creationTimestamp":"2026-11-22T22:16:22Z","labels":{"kubernetes.io/metadata.name":"{{{name}}}"}},
             "spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}
            """)!));

        private Task CreateAsync(string name) => PostAsync(Policies, Policy(name, "Ingress", ""));

        private Task PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, "application/json", body);

        private Task PatchAsync(string name, string patch) => SendAsync(HttpMethod.Patch, $"{Policies}/{name}", PatchTypes.Merge, patch);

        private Task DeleteAsync(string name) => SendAsync(HttpMethod.Delete, $"{Policies}/{name}", "application/json", "{}");

        private async Task SendAsync(HttpMethod method, string path, string type, string body)
        {
            using HttpRequestMessage request = new(method, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
            using var response = await http.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {await response.Content.ReadAsStringAsync()}");
        }
    }
}
