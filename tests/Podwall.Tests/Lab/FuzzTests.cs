using System.Net;
using System.Text.Json.Nodes;
using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>Whatever is sent, every answer is a known status with a Status in it where it is a refusal, and the server goes on.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Segments =
    [
        "api", "apis", "v1", "networking.k8s.io", "apps", "namespaces", "default", "kube-system", "pods", "networkpolicies", "services", "a", "b", "status", "finalize",
        "..", "%2e%2e", "%2f", "", "watch", "secrets", "x%00y", "%C3%BC", "deployments", "nodes",
    ];

    private static readonly string[] Queries =
    [
        "limit=2", "limit=abc", "limit=-5", "continue=garbage", "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MzAzLCJzdGFydCI6Ii9wMVx1MDAwMCJ9", "labelSelector=a%3Db", "labelSelector=a%20b%20c", "labelSelector=((",
        "fieldSelector=metadata.name%3Da", "fieldSelector=spec.foo%3Dx", "fieldSelector=%5C", "resourceVersion=0", "resourceVersion=abc", "resourceVersion=1", "resourceVersionMatch=Exact",
        "resourceVersionMatch=Foo", "sendInitialEvents=true", "dryRun=All", "dryRun=Some", "fieldValidation=Strict", "fieldValidation=Never", "watch=1&timeoutSeconds=1&resourceVersion=1",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "[]", "null", "{", "\0", "not json", """{"metadata":{"name":"a"}}""", """{"metadata":{"name":"a"},"spec":{"podSelector":{}}}""", """{"metadata":{"name":"A_"}}""", """{"metadata":[]}""",
        """{"metadata":{"name":1}}""", """{"metadata":{"generateName":"b-"},"spec":{"podSelector":{},"ingress":[{"ports":[{"port":0}]}]}}""", """{"kind":"Pod","apiVersion":"v2","metadata":{"name":"a"}}""",
        """{"metadata":{"name":"a","labels":{"x":1}}}""", """{"metadata":{"name":"a","labels":null,"annotations":{"a":"b"},"finalizers":["x/y"]},"status":{"phase":"Running"}}""",
        """[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]""", """[{"op":"remove","path":"/nothing"}]""", """[{"op":"nothing"}]""", """{"metadata":null}""", """{"$patch":"delete"}""",
        """{"spec":{"containers":[{"noname":1}]}}""", """{"preconditions":{"uid":"x"}}""", "metadata:\n  name: a\n", "a: &a [*a]\n", new string('[', 5_000), """{"metadata":{"name":"a","name":"b"}}""", """{"n":1e999999}""",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
        "application/vnd.kubernetes.protobuf", "text/plain",
    ];

    private static readonly string[] Accepts = ["application/json", "text/html", "*/*", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", ";;;,"];

    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "POST", "PUT", "PATCH", "PATCH", "DELETE", "HEAD", "OPTIONS", "FOO"];

    private static readonly int[] Known = [200, 201, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 500, 504];

    [Fact]
    public async Task Every_answer_is_a_known_one()
    {
        await using var server = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        using HttpClient http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == server.Authority.Subject } }) { Timeout = TimeSpan.FromSeconds(20) };
        Random random = new(20_261_124);
        for (var i = 0; i < Effort.Times(2_000); i++)
            await TryAsync(server, http, random);
        using HttpRequestMessage last = new(HttpMethod.Get, new Uri(server.Address, "/api/v1/namespaces"));
        last.Headers.Authorization = new("Bearer", server.Token);
        using var answer = await http.SendAsync(last, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        // Nothing half-written stays behind.
        foreach (var resource in ServedResource.All)
            foreach (var item in server.Store.View(resource.Type).Objects)
                Assert.Equal(item.Name.Name, item.ToTree()["metadata"]!["name"]!.GetValue<string>());
    }

    private static async Task TryAsync(ApiServer server, HttpClient http, Random random)
    {
        var path = random.Next(3) == 0
            ? "/" + string.Join('/', Enumerable.Range(0, random.Next(8)).Select(_ => Any(Segments)))
            : Any(["/api/v1/namespaces/default/pods", "/api/v1/namespaces", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies"]) + (random.Next(2) == 0 ? "" : $"/{Any(Segments)}");
        var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => Any(Queries)));
        using HttpRequestMessage request = new(new(Any(Methods)), new Uri($"{server.Address.GetLeftPart(UriPartial.Authority)}{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (random.Next(50) > 0)
            request.Headers.TryAddWithoutValidation("Authorization", random.Next(50) == 0 ? "Bearer wrong" : $"Bearer {server.Token}");
        request.Headers.TryAddWithoutValidation("Accept", Any(Accepts));
        if (request.Method.Method is not ("GET" or "HEAD"))
        {
            var isLarge = random.Next(200) == 0;
            request.Content = new StringContent(isLarge ? new string('x', 4_000_000) : Spoiled(Any(Bodies)));
            // Who sends much asks first, or the refusal cuts the connection before it is read.
            request.Headers.ExpectContinue = isLarge;
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Any(Types));
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var said = $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}";
        Assert.True(Known.Contains((int)response.StatusCode), said);
        // What is no HTTP is refused before there is anybody to write a Status.
        if (path.Contains("%00", StringComparison.Ordinal))
            return;
        if ((int)response.StatusCode >= 400 && request.Method.Method != "HEAD")
        {
            Assert.True(text.Length > 0 && JsonNode.Parse(text)!["kind"]!.GetValue<string>() == "Status", said);
            Assert.False(text.Contains("   at ", StringComparison.Ordinal) || text.Contains("InternalError", StringComparison.Ordinal), said);
        }

        string Any(string[] all) => all[random.Next(all.Length)];

        string Spoiled(string body)
        {
            if (body.Length == 0 || random.Next(3) > 0)
                return body;
            var at = random.Next(body.Length);
            return random.Next(2) == 0 ? body[..at] : $"{body[..at]}{(char)random.Next(1, 128)}{body[(at + 1)..]}";
        }
    }
}
