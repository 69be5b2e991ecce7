using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;

namespace Podwall.Tests.Kubernetes.Client;

/// <summary>A client that shows a certificate, which is renewed in its files.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-certificate").FullName;
    private WebApplication web = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var own = Certificate("server");
        var server = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = server;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        web = builder.Build();
        web.Run(async http =>
        {
            // Says whom it sees, and ends the connection, so that the next one shows the certificate anew.
            http.Response.Headers.Connection = "close";
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($$"""{"kind":"Status","message":"{{http.Connection.ClientCertificate!.Subject}}"}""", Stop);
        });
        await web.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Shows_what_the_files_hold_now()
    {
        using ApiClient client = new(Access());
        Write("CN=first", keyOf: "CN=first");
        Assert.Equal("CN=first", await SeenAsync(client));
        Write("CN=second", keyOf: "CN=second");
        Assert.Equal("CN=second", await SeenAsync(client));
    }

    [Fact]
    public async Task A_key_that_does_not_belong_to_the_certificate_is_told_by_name()
    {
        using ApiClient client = new(Access());
        Write("CN=first", keyOf: "CN=other");
        var failure = await Assert.ThrowsAsync<ApiException>(() => SeenAsync(client));
        Assert.Equal(ApiFault.NoLogin, failure.Fault);
        Assert.Contains(Path.Combine(folder, "key"), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private ClusterAccess Access() => new(new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()))
    {
        Origin = "the test",
        SkipsVerification = true,
        Credentials = Credentials.None.WithCertificate(new Pem.InFile(Path.Combine(folder, "cert")), new Pem.InFile(Path.Combine(folder, "key"))),
    };

    private static async Task<string?> SeenAsync(ApiClient client) => (await client.GetAsync("/", ApiStatus.JsonType, Stop)).Message;

    private void Write(string subject, string keyOf)
    {
        using var certificate = Certificate(subject);
        using var other = Certificate(keyOf);
        File.WriteAllText(Path.Combine(folder, "cert"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key"), (subject == keyOf ? certificate : other).GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Certificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject.StartsWith("CN=", StringComparison.Ordinal) ? subject : $"CN={subject}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
