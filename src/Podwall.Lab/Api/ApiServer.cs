using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>
/// A Kubernetes API server in memory: HTTPS on loopback and a Unix socket, with a token and an authority of its own. On the
/// socket the permissions of the file are the login, so no token is asked for.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private const long LargestBody = 3 * 1024 * 1024;

    private readonly WebApplication web;
    private readonly Certificates certificates;
    private readonly ApiHandler handler;
    private readonly ITimer forgetting;

    private ApiServer(WebApplication web, Certificates certificates, ApiHandler handler, ClusterWrites writes, ObjectStore store, ApiServerOptions options)
    {
        (this.web, this.certificates, this.handler, Writes, Store, UnixSocket) = (web, certificates, handler, writes, store, options.UnixSocket);
        var port = options.Listening is not null ? options.Port : new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(a => a.StartsWith("https", StringComparison.Ordinal))).Port;
        Address = new($"https://127.0.0.1:{port}/");
        var past = store.Version;
        forgetting = options.Time.CreateTimer(_ =>
        {
            store.Forget(past);
            past = store.Version;
        }, null, options.Remembered, options.Remembered);
    }

    public ObjectStore Store { get; }

    /// <summary>How whoever lives in the same process makes, changes and takes away objects.</summary>
    public ClusterWrites Writes { get; }

    public Uri Address { get; }

    public string? UnixSocket { get; }

    /// <summary>What vouches for the server.</summary>
    public X509Certificate2 Authority => certificates.Authority;

    /// <summary>What a client must show; another may be set at any time, and the old one is refused from then on.</summary>
    public string Token
    {
        get => handler.Token;
        set => handler.Token = value;
    }

    /// <exception cref="IOException">The port is taken, or the socket cannot be made.</exception>
    public static async Task<ApiServer> StartAsync(ApiServerOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var store = options.Store ?? new();
        var certificates = Certificates.Create(options.Time.GetUtcNow());
        Founding founding = new(store, options.Time, certificates.Authority.ExportCertificatePem(), options.Families);
        founding.Found();
        // No settings, and no watch over all that lies in the folder where it is started.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificates.Server));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var web = builder.Build();
        ClusterWrites writes = new(store, options.Time, founding, options.Runtime, options.Families);
        ApiHandler handler = new(store, options.Time, founding, writes, options.Runtime, options, RandomNumberGenerator.GetHexString(64, lowercase: true), web.Lifetime.ApplicationStopping);
        web.UseWebSockets();
        web.Run(handler.HandleAsync);
        try
        {
            await web.StartAsync(cancellation);
        }
        catch
        {
            await web.DisposeAsync();
            certificates.Dispose();
            throw;
        }

        if (options.UnixSocket is { } socket)
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(web, certificates, handler, writes, store, options);
    }

    /// <summary>A kubeconfig for this server, whose one context is <c>podwall-lab</c>.</summary>
    public string Kubeconfig()
    {
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(Authority.ExportCertificatePem()));
        return string.Create(CultureInfo.InvariantCulture, $"""
            apiVersion: v1
            kind: Config
            current-context: podwall-lab
            clusters:
            - name: podwall-lab
              cluster:
                server: {Address.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {authority}
            users:
            - name: podwall-lab
              user:
                token: {Token}
            contexts:
            - name: podwall-lab
              context:
                cluster: podwall-lab
                user: podwall-lab

            """);
    }

    /// <summary>Writes the kubeconfig whole or not at all, readable by nobody else.</summary>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public async Task WriteKubeconfigAsync(string path, CancellationToken cancellation = default)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (StreamWriter writer = new(draft, options))
            await writer.WriteAsync(Kubeconfig().AsMemory(), cancellation);
        File.Move(draft, path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await forgetting.DisposeAsync();
        await web.StopAsync();
        await web.DisposeAsync();
        certificates.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, ApiServerOptions options, X509Certificate2 certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        // A watch may be silent for as long as it likes.
        kestrel.Limits.MinResponseDataRate = null;
        if (options.Listening is null)
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.UseHttps(certificate));
        foreach (var handle in options.Listening is { } listening ? options.Elsewhere.Prepend(listening) : options.Elsewhere)
            kestrel.ListenHandle(handle, listen => listen.UseHttps(certificate));
        if (options.UnixSocket is { } socket)
        {
            File.Delete(socket);
            kestrel.ListenUnixSocket(socket);
        }
    }
}
