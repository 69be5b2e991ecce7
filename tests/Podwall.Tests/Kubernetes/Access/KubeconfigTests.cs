using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using k8s;
using Podwall.Kubernetes.Access;

namespace Podwall.Tests.Kubernetes.Access;

/// <summary>Our reader of kubeconfigs, beside kubectl and the official client on the same files.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-access").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Up to three files, whose entries have few names, so that they hide each other.
    private static readonly Gen<string[]> Files = File().Array[1, 3];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_file_is_read_as_the_official_client_reads_it()
    {
        var compared = 0;
        File().Sample(
            file =>
            {
                var paths = Write([file]);
                // The official client refuses a user without a login, which kubectl takes, and goes without one that is not defined.
                if (Try(() => Kubeconfig.Load(Around(paths))) is not { } ours || Try(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(paths[0])) is not { } theirs)
                    return;
                compared++;
                Assert.Equal(theirs.Host.TrimEnd('/'), ours.Server.ToString().TrimEnd('/'));
                Assert.Equal(theirs.Namespace ?? "default", ours.Namespace);
                // Of a server without TLS the official client reads nothing about TLS.
                if (ours.Server.Scheme == "https")
                    Assert.Equal((theirs.SkipTlsVerify, theirs.TlsServerName), (ours.SkipsVerification, ours.TlsServerName));
            },
            iter: Effort.Times(600), print: f => f, threads: 1);
        Assert.InRange(compared, 10, int.MaxValue);
    }

    [Fact]
    public async Task Any_files_mean_what_they_mean_to_kubectl()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/bin/kubectl") || System.IO.File.Exists("/usr/local/bin/kubectl"), "there is no kubectl here");
        foreach (var files in Files.Array[Effort.Times(12)].Single())
        {
            var paths = Write(files);
            var ours = Try(() => Kubeconfig.Load(Around(paths)));
            var view = await KubectlAsync(paths);
            var said = string.Join("\n---\n", files);
            var name = view["current-context"]?.ToString();
            var context = Named(view, "contexts", name)?["context"];
            var cluster = Named(view, "clusters", context?["cluster"]?.ToString())?["cluster"];
            var user = Named(view, "users", context?["user"]?.ToString())?["user"];
            var isWhole = cluster?["server"] is not null && (context?["user"] is null || user is not null);
            Assert.True(isWhole == ours is not null, said);
            if (ours is null)
                continue;
            Assert.True(cluster!["server"]!.ToString() == ours.Server.ToString().TrimEnd('/'), said);
            Assert.True((context!["namespace"]?.ToString() ?? "default") == ours.Namespace, said);
            Assert.True((cluster["insecure-skip-tls-verify"]?.GetValue<bool>() ?? false) == ours.SkipsVerification, said);
            Assert.True(cluster["tls-server-name"]?.ToString() == ours.TlsServerName, said);
            Assert.True(cluster["proxy-url"]?.ToString() == ours.Proxy?.ToString().TrimEnd('/'), said);
            Assert.True(Expected(user) == await HeaderAsync(ours), said);
        }

        // What kubectl's own client would send: a token file wins over a token, a token over a password.
        string? Expected(JsonNode? user) =>
            user?["tokenFile"] is { } file ? $"Bearer {System.IO.File.ReadAllText(Path.Combine(folder, file.ToString()))}"
            : user?["token"] is { } token ? $"Bearer {token}"
            : user?["username"] is { } name ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user["password"]}"))}"
            : null;
    }

    [Theory]
    [InlineData("contexts: [", "kubeconfig-0")]
    [InlineData("current-context: nowhere", "no context 'nowhere'")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: gone}}]", "'gone' is not defined")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {}}]", "no server")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: 'ftp://x'}}]", "'ftp://x'")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: 'https://x', certificate-authority-data: '!'}}]", "certificate-authority-data")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: 'https://x'}}]\nusers: [{name: u, user: {auth-provider: {name: gcp}}}]", "auth-provider")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: 'https://x'}}]\nusers: [{name: u, user: {client-certificate: a}}]", "client-key")]
    [InlineData("", "no current context")]
    public void What_is_wrong_is_said_in_one_line(string text, string said)
    {
        var fault = Assert.Throws<AccessException>(() => Kubeconfig.Load(Around(Write([text]))));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.NotEmpty(fault.Fix);
    }

    [Fact]
    public async Task A_pod_finds_its_own_cluster()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "token"), "t", Stop);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "namespace"), "home", Stop);
        Surroundings pod = new(v => v switch { "KUBERNETES_SERVICE_HOST" => "fd00::1", "KUBERNETES_SERVICE_PORT" => "443", _ => null }) { ServiceAccount = folder };
        var access = Kubeconfig.Load(pod);
        Assert.Equal(("https://[fd00::1]/", "home", "Bearer t"), (access.Server.ToString(), access.Namespace, await HeaderAsync(access)));
    }

    private static Surroundings Around(string[] paths) => new(v => v == "KUBECONFIG" ? string.Join(':', paths) : null);

    private static ValueTask<string?> HeaderAsync(ClusterAccess access) => access.Credentials.HeaderAsync(Stop);

    private string[] Write(string[] files)
    {
        System.IO.File.WriteAllText(Path.Combine(folder, "token-file"), "from-file");
        return [.. files.Select((text, i) =>
        {
            var path = Path.Combine(folder, $"kubeconfig-{i}");
            System.IO.File.WriteAllText(path, text);
            return path;
        })];
    }

    private static T? Try<T>(Func<T> load) where T : class
    {
        try
        {
            return load();
        }
        catch (Exception refused) when (refused is AccessException or k8s.Exceptions.KubeConfigException)
        {
            return null;
        }
    }

    private static JsonNode? Named(JsonNode view, string section, string? name) =>
        (view[section] as JsonArray)?.FirstOrDefault(e => e!["name"]!.ToString() == name);

    private static async Task<JsonNode> KubectlAsync(string[] paths)
    {
        ProcessStartInfo start = new("kubectl", ["config", "view", "--raw", "-o", "json"]) { RedirectStandardOutput = true };
        start.Environment["KUBECONFIG"] = string.Join(':', paths);
        using var process = Process.Start(start)!;
        var json = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return JsonNode.Parse(json)!;
    }

    private static Gen<string> Any(params string[] choices) => Gen.OneOf(choices);

    private static Gen<string> File()
    {
        var name = Any("a", "b", "c");
        var cluster = Gen.Select(name, Any("https://one:6443", "https://two", "http://[::1]:8080"), Any("", "insecure-skip-tls-verify: true", "tls-server-name: other", "proxy-url: http://proxy:3128"),
            (n, server, rest) => $"- name: {n}\n  cluster:\n    server: {server}\n    {rest}\n");
        var user = Gen.Select(name, Any("token: t1", "token: t2\n    tokenFile: token-file", "username: u\n    password: 'p:w'", "{}", "token: t3\n    username: u"),
            (n, login) => login == "{}" ? $"- name: {n}\n  user: {{}}\n" : $"- name: {n}\n  user:\n    {login}\n");
        var context = Gen.Select(name, name, name, Any("", "namespace: prod"),
            (n, c, u, ns) => $"- name: {n}\n  context:\n    cluster: {c}\n    user: {u}\n    {ns}\n");
        return Gen.Select(Section("clusters", cluster), Section("users", user), Section("contexts", context), Any("", "current-context: a\n", "current-context: b\n"),
            (clusters, users, contexts, current) => $"apiVersion: v1\nkind: Config\n{clusters}{users}{contexts}{current}");
    }

    // One file names each entry once.
    private static Gen<string> Section(string title, Gen<string> entry) => entry.Array[1, 3].Select(entries =>
        entries.DistinctBy(e => e.Split('\n')[0]).ToArray() is { Length: > 0 } distinct ? $"{title}:\n{string.Concat(distinct)}" : "");
}
