using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>Logins, certificates and servers are renewed while a cluster is followed.</summary>
public sealed class RenewalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-renewal").FullName;
    private readonly ObjectStore store = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public RenewalTests() => StoreTruth.Populate(store);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_token_file_may_be_renewed_and_may_be_missing_for_a_while()
    {
        var file = Path.Combine(folder, "token");
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        await File.WriteAllTextAsync(file, server.Token, Stop);
        using ApiClient client = new(server.Access() with { Credentials = Credentials.OfTokenFile(file, TimeProvider.System) });
        await using Followed followed = new(client, ClusterFollowerTests.Impatient with { WatchTimeout = TimeSpan.FromSeconds(1) });
        await followed.UntilItHoldsAsync(store);
        File.Delete(file);
        server.Token = "another";
        store.PutPod("apps", "while-the-token-is-old", "10.0.3.1");
        var noLogin = await FailsAsync(client, ApiFault.NoLogin);
        Assert.Contains(file, noLogin.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "wrong", Stop);
        await FailsAsync(client, ApiFault.Unauthorized);
        await File.WriteAllTextAsync(file, "another", Stop);
        await followed.UntilItHoldsAsync(store);
    }

    [Fact]
    public async Task A_login_plugin_runs_again_when_its_login_is_refused()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh here");
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        var (token, plugin, config) = (Path.Combine(folder, "token"), Path.Combine(folder, "plugin"), Path.Combine(folder, "config"));
        await File.WriteAllTextAsync(token, server.Token, Stop);
        await File.WriteAllTextAsync(plugin, $$$"""
            #!/bin/sh
            echo run >> {{{folder}}}/runs
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$(cat {{{token}}})'"}}'
            """, Stop);
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(config, server.Kubeconfig().Replace($"token: {server.Token}", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}", StringComparison.Ordinal), Stop);
        using ApiClient client = new(Kubeconfig.Load(Surroundings.Empty, config));
        await using Followed followed = new(client, ClusterFollowerTests.Impatient with { WatchTimeout = TimeSpan.FromSeconds(1) });
        await followed.UntilItHoldsAsync(store);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(folder, "runs"), Stop));
        server.Token = "another";
        store.PutPod("apps", "new", "10.0.3.1");
        await File.WriteAllTextAsync(token, server.Token, Stop);
        await using (await client.OpenAsync("/api/v1/namespaces/apps", cancellation: Stop))
            await followed.UntilItHoldsAsync(store);
        await File.WriteAllTextAsync(plugin, "#!/bin/sh\necho you are not logged in >&2\nexit 7\n", Stop);
        server.Token = "a third";
        var failed = await FailsAsync(client, ApiFault.NoLogin);
        Assert.Contains("you are not logged in", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_until_server_and_authority_are_renewed()
    {
        var authority = Path.Combine(folder, "ca.crt");
        int port;
        ApiClient client;
        await using (var expired = await ApiServer.StartAsync(new() { Store = store, Time = new LateTime(TimeSpan.FromDays(400)) }, Stop))
        {
            port = expired.Address.Port;
            await File.WriteAllTextAsync(authority, expired.Authority.ExportCertificatePem(), Stop);
            client = new(expired.Access() with { Authority = new Pem.InFile(authority) });
            var refused = await FailsAsync(client, ApiFault.UntrustedServer);
            Assert.Contains("expired", refused.Message, StringComparison.Ordinal);
        }

        using (client)
        {
            await using Followed followed = new(client, ClusterFollowerTests.Impatient with { SyncDeadline = TimeSpan.FromMilliseconds(50) });
            Assert.False((await followed.FirstAsync()).IsSynced);
            await using var renewed = await ApiServer.StartAsync(new() { Store = store, Port = port }, Stop);
            renewed.Token = ((await client.Access.Credentials.HeaderAsync(Stop))!)["Bearer ".Length..];
            await FailsAsync(client, ApiFault.UntrustedServer);
            await File.WriteAllTextAsync(authority, renewed.Authority.ExportCertificatePem(), Stop);
            await followed.UntilItHoldsAsync(store);
        }
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        using ApiClient client = new(server.Access() with { TlsServerName = "prod.example.org" });
        var refused = await FailsAsync(client, ApiFault.UntrustedServer);
        Assert.DoesNotContain('\n', refused.Message);
        using ApiClient named = new(server.Access() with { TlsServerName = "kubernetes.default.svc" });
        await using Followed followed = new(named);
        await followed.UntilItHoldsAsync(store);
    }

    [Theory]
    [InlineData(1_000_000UL)]
    [InlineData(0UL)]
    public async Task A_server_that_begins_anew_is_followed(ulong firstVersion)
    {
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        await using var faulty = await FaultyServer.StartAsync(server, []);
        using ApiClient client = new(faulty.Access);
        await using Followed followed = new(client, ClusterFollowerTests.Impatient with { WatchTimeout = TimeSpan.FromSeconds(1) });
        await followed.UntilItHoldsAsync(store);
        ObjectStore other = new(firstVersion);
        other.PutNamespace("fresh", ("team", "b"));
        other.PutPod("fresh", "only", "10.0.4.1");
        await using var restarted = await ApiServer.StartAsync(new() { Store = other }, Stop);
        faulty.PointTo(restarted);
        await server.DisposeAsync();
        await followed.UntilItHoldsAsync(other);
    }

    [Fact]
    public async Task A_socket_needs_no_token()
    {
        var socket = Path.Combine(folder, "api.sock");
        await using var server = await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }, Stop);
        using ApiClient client = new(new(new("http://localhost/")) { Origin = "the test", UnixSocket = socket });
        await using Followed followed = new(client);
        await followed.UntilItHoldsAsync(store);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
    }

    private static async Task<ApiException> FailsAsync(ApiClient client, ApiFault fault)
    {
        // A token file is read anew only when a token was refused.
        var failure = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync("/api/v1/namespaces/apps", ApiStatus.JsonType, Stop));
        Assert.Equal(fault, failure.Fault);
        Assert.DoesNotContain('\n', failure.Message);
        return failure;
    }

    /// <summary>A clock that is late.</summary>
    private sealed class LateTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
