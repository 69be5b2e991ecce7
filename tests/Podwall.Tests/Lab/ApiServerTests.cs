using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>What the recorded facts do not ask: the lives and ends of objects, many writers, and callers that misbehave.</summary>
public sealed class ApiServerTests : ServedTest
{
    private const string Policies = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";

    [Theory]
    [InlineData("uid", "The UID")]
    [InlineData("resourceVersion", "the ResourceVersion")]
    public async Task A_deletion_holds_to_its_preconditions(string field, string said)
    {
        var made = await MakeAsync(Pods, "a");
        var refused = await Session.SendAsync("DELETE", $"{Pods}/a", $$$"""{"preconditions":{"{{{field}}}":"other"}}""");
        Assert.Equal((409, "Conflict"), (refused.Code, refused.Text("reason")));
        Assert.Contains(said, refused.Text("message"), StringComparison.OrdinalIgnoreCase);
        var done = await Session.SendAsync("DELETE", $"{Pods}/a", $$$"""{"preconditions":{"{{{field}}}":"{{{made.Text("metadata", field)}}}"}}""");
        Assert.Equal(200, done.Code);
        Assert.Equal(404, (await Session.SendAsync("GET", $"{Pods}/a")).Code);
    }

    [Fact]
    public async Task An_object_with_finalizers_goes_with_the_last_of_them()
    {
        await MakeAsync(Pods, "a", """ "finalizers":["x/one","x/two"] """);
        var marked = await Session.SendAsync("DELETE", $"{Pods}/a");
        Assert.NotNull(marked.Text("metadata", "deletionTimestamp"));
        Assert.Equal(200, (await MergeAsync($"{Pods}/a", """{"metadata":{"finalizers":["x/two"]}}""")).Code);
        Assert.Equal(200, (await Session.SendAsync("GET", $"{Pods}/a")).Code);
        Assert.Equal(200, (await MergeAsync($"{Pods}/a", """{"metadata":{"finalizers":null}}""")).Code);
        Assert.Equal(404, (await Session.SendAsync("GET", $"{Pods}/a")).Code);
    }

    [Fact]
    public async Task A_namespace_goes_when_nothing_in_it_holds_out()
    {
        await MakeAsync("/api/v1/namespaces", "team");
        await MakeAsync("/api/v1/namespaces/team/pods", "stays", """ "finalizers":["x/one"] """);
        await MakeAsync("/api/v1/namespaces/team/pods", "goes");
        Assert.Equal("Terminating", (await Session.SendAsync("DELETE", "/api/v1/namespaces/team")).Text("status", "phase"));
        Assert.Equal(404, (await Session.SendAsync("GET", "/api/v1/namespaces/team/pods/goes")).Code);
        var refused = await Session.SendAsync("POST", "/api/v1/namespaces/team/pods", """{"metadata":{"name":"late"}}""");
        Assert.Equal((403, "Forbidden"), (refused.Code, refused.Text("reason")));
        Assert.Equal("Terminating", (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Text("status", "phase"));
        await MergeAsync("/api/v1/namespaces/team/pods/stays", """{"metadata":{"finalizers":[]}}""");
        Assert.Equal(404, (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Code);
    }

    [Fact]
    public async Task A_namespace_with_finalizers_of_its_own_waits_for_both_kinds()
    {
        await MakeAsync("/api/v1/namespaces", "team", """ "finalizers":["x/own"] """);
        await Session.SendAsync("DELETE", "/api/v1/namespaces/team");
        Assert.Equal(200, (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Code);
        await MergeAsync("/api/v1/namespaces/team", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(404, (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Code);
    }

    [Fact]
    public async Task Only_finalize_takes_the_finalizers_of_a_spec()
    {
        await MakeAsync("/api/v1/namespaces", "team");
        await Session.SendAsync("PUT", "/api/v1/namespaces/team", """{"metadata":{"name":"team"},"spec":{"finalizers":[]}}""");
        Assert.Equal("kubernetes", (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Body!["spec"]!["finalizers"]![0]!.ToString());
        var finalized = await Session.SendAsync("PUT", "/api/v1/namespaces/team/finalize", """{"metadata":{"name":"team"},"spec":{"finalizers":["x/mine"]}}""");
        Assert.Equal("x/mine", finalized.Body!["spec"]!["finalizers"]![0]!.ToString());
        await Session.SendAsync("DELETE", "/api/v1/namespaces/team");
        Assert.Equal("Terminating", (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Text("status", "phase"));
        await Session.SendAsync("PUT", "/api/v1/namespaces/team/finalize", """{"metadata":{"name":"team"},"spec":{"finalizers":[]}}""");
        Assert.Equal(404, (await Session.SendAsync("GET", "/api/v1/namespaces/team")).Code);
    }

    [Fact]
    public async Task Names_are_generated()
    {
        HashSet<string> names = [];
        for (var i = 0; i < 20; i++)
        {
            var made = await Session.SendAsync("POST", Pods, """{"metadata":{"generateName":"web-"},"spec":{"containers":[{"name":"main","image":"any"}]}}""");
            Assert.Equal(201, made.Code);
            Assert.Matches("^web-[a-z0-9]{5}$", made.Text("metadata", "name"));
            names.Add(made.Text("metadata", "name")!);
        }

        Assert.Equal(20, names.Count);
    }

    [Theory]
    [InlineData("fieldSelector=metadata.name%3Da", "a")]
    [InlineData("fieldSelector=metadata.name!%3Da", "b c")]
    [InlineData("fieldSelector=spec.nodeName%3Dn1,status.phase%3DPending", "a b")]
    [InlineData("labelSelector=tier%20in%20(x,y)", "a b")]
    [InlineData("labelSelector=!tier", "c")]
    [InlineData("labelSelector=tier&fieldSelector=metadata.name%3Db", "b")]
    public async Task Selectors_choose(string query, string expected)
    {
        await Session.SendAsync("POST", Pods, """{"metadata":{"name":"a","labels":{"tier":"x"}},"spec":{"nodeName":"n1","containers":[{"name":"main","image":"any"}]}}""");
        await Session.SendAsync("POST", Pods, """{"metadata":{"name":"b","labels":{"tier":"y"}},"spec":{"nodeName":"n1","containers":[{"name":"main","image":"any"}]}}""");
        await Session.SendAsync("POST", Pods, """{"metadata":{"name":"c"},"spec":{"nodeName":"n2","containers":[{"name":"main","image":"any"}]}}""");
        Assert.Equal(expected, await NamesAsync($"{Pods}?{query}"));
        Assert.Equal(200, (await Session.SendAsync("DELETE", $"{Pods}?{query}")).Code);
        Assert.Equal("", await NamesAsync($"{Pods}?{query}"));
        Assert.Equal(3 - expected.Split(' ').Length, (await NamesAsync(Pods)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await MakeAsync(Policies, "kept", null, ",\"spec\":{\"podSelector\":{}}");
        var version = Server.Store.Version;
        Assert.Equal(201, (await Session.SendAsync("POST", $"{Policies}?dryRun=All", """{"metadata":{"name":"new"},"spec":{"podSelector":{}}}""")).Code);
        Assert.Equal(409, (await Session.SendAsync("POST", $"{Policies}?dryRun=All", """{"metadata":{"name":"kept"},"spec":{"podSelector":{}}}""")).Code);
        var put = await Session.SendAsync("PUT", $"{Policies}/kept?dryRun=All", """{"metadata":{"name":"kept"},"spec":{"podSelector":{},"policyTypes":["Egress"]}}""");
        Assert.Equal((200, "Egress"), (put.Code, put.Body!["spec"]!["policyTypes"]![0]!.ToString()));
        Assert.Equal(200, (await Session.SendAsync("PATCH", $"{Policies}/kept?dryRun=All", """{"metadata":{"labels":{"a":"b"}}}""", PatchTypes.Merge)).Code);
        Assert.Equal(200, (await Session.SendAsync("DELETE", $"{Policies}/kept?dryRun=All")).Code);
        Assert.Equal(200, (await Session.SendAsync("DELETE", $"{Policies}?dryRun=All")).Code);
        Assert.Equal(version, Server.Store.Version);
    }

    [Fact]
    public async Task Writers_that_race_lose_no_update()
    {
        const int Writers = 8, Each = 20;
        await MakeAsync(Pods, "counter", """ "annotations":{"n":"0"} """);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var done = 0; done < Each;)
            {
                var read = (await Session.SendAsync("GET", $"{Pods}/counter")).Body!;
                var annotations = read["metadata"]!["annotations"]!;
                annotations["n"] = $"{int.Parse(annotations["n"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture) + 1}";
                var written = await Session.SendAsync("PUT", $"{Pods}/counter", read.ToJsonString());
                Assert.True(written.Code is 200 or 409, written.Body?.ToJsonString());
                done += written.Code == 200 ? 1 : 0;
            }
        }));
        Assert.Equal($"{Writers * Each}", (await Session.SendAsync("GET", $"{Pods}/counter")).Text("metadata", "annotations", "n"));
    }

    [Fact]
    public async Task Unknown_fields_are_warned_of_refused_or_ignored()
    {
        const string Typo = """{"metadata":{"name":"typo"},"spec":{"podSelector":{},"ingres":[]}}""";
        var warned = await Session.SendAsync("POST", $"{Policies}?dryRun=All", Typo);
        Assert.Contains("299", Assert.Single(warned.Headers.GetValues("Warning")), StringComparison.Ordinal);
        Assert.Contains("spec.ingres", Assert.Single(warned.Headers.GetValues("Warning")), StringComparison.Ordinal);
        Assert.Equal(400, (await Session.SendAsync("POST", $"{Policies}?dryRun=All&fieldValidation=Strict", Typo)).Code);
        Assert.False((await Session.SendAsync("POST", $"{Policies}?dryRun=All&fieldValidation=Ignore", Typo)).Headers.Contains("Warning"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic dTpw")]
    public async Task Strangers_are_refused(string authorization)
    {
        using HttpClient http = Server.Client();
        http.DefaultRequestHeaders.Remove("Authorization");
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        foreach (var path in new[] { Pods, "/api", "/apis/nothing", "/openapi/v3" })
        {
            using var response = await http.GetAsync(path, Stop);
            Assert.Equal(401, (int)response.StatusCode);
            Assert.Equal("Unauthorized", JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["reason"]!.ToString());
        }

        // As clusters let them (system:public-info-viewer).
        foreach (var path in new[] { "/version", "/healthz", "/livez", "/readyz" })
            Assert.Equal(200, (int)(await http.GetAsync(path, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_kubeconfig_is_the_owners_alone()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("podwall-kubeconfig").FullName, "config");
        await File.WriteAllTextAsync(path, "an older one, which everybody can read", Stop);
        await Server.WriteKubeconfigAsync(path, Stop);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData("GET /api/v1/pods HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("\0\u0001\u0002\u0003\r\n\r\n")]
    [InlineData("GET /api/v1/pods/x%00y HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"metadata\":{\"name\":\"half")]
    [InlineData("POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("GET http://elsewhere.example/api/v1/pods HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_caller_that_breaks_off_or_speaks_no_HTTP_leaves_nothing_behind(string bytes)
    {
        var socketPath = Path.Combine(Directory.CreateTempSubdirectory("podwall-raw").FullName, "s");
        await using (var raw = await ApiServer.StartAsync(new() { UnixSocket = socketPath }, Stop))
        {
            var version = raw.Store.Version;
            using (Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), Stop);
                await socket.SendAsync(Encoding.Latin1.GetBytes(bytes), Stop);
                socket.Shutdown(SocketShutdown.Send);
                StringBuilder answer = new();
                var buffer = new byte[4096];
                for (int read; (read = await socket.ReceiveAsync(buffer, Stop)) > 0;)
                    answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
                Assert.DoesNotContain("   at ", answer.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(" 500 ", answer.ToString(), StringComparison.Ordinal);
            }

            using Session after = new(raw);
            Assert.Equal(200, (await after.SendAsync("GET", "/api/v1/namespaces")).Code);
            Assert.Equal(version, raw.Store.Version);
        }

        Directory.Delete(Path.GetDirectoryName(socketPath)!, recursive: true);
    }

    private async Task<Answer> MakeAsync(string path, string name, string? metadata = null, string rest = "")
    {
        if (rest.Length == 0 && path.EndsWith("/pods", StringComparison.Ordinal))
            rest = ",\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"any\"}]}";
        var made = await Session.SendAsync("POST", path, $$$"""{"metadata":{"name":"{{{name}}}"{{{(metadata is null ? "" : $",{metadata}")}}}}{{{rest}}}}""");
        Assert.True(made.Code == 201, made.Body?.ToJsonString());
        return made;
    }

    private Task<Answer> MergeAsync(string path, string patch) => Session.SendAsync("PATCH", path, patch, PatchTypes.Merge);

    private async Task<string> NamesAsync(string path) =>
        string.Join(' ', (await Session.SendAsync("GET", path)).Body!["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.ToString()));
}
