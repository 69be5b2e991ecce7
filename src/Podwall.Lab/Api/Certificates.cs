using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>An authority of one server's own, and the certificate that it gave to it. Nothing else ever trusts it.</summary>
internal sealed class Certificates : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private Certificates(X509Certificate2 authority, X509Certificate2 server) => (Authority, Server) = (authority, server);

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Server { get; }

    public static Certificates Create(DateTimeOffset now)
    {
        // A clock may lie behind ours.
        var (from, until) = (now.AddHours(-1), now + Lifetime);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authorityRequest = new("CN=podwall-lab-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest serverRequest = new("CN=podwall-lab-api", serverKey, HashAlgorithmName.SHA256);
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        SubjectAlternativeNameBuilder names = new();
        foreach (var name in new[] { "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local" })
            names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var family in IpFamily.Both)
            names.AddIpAddress(Address.Parse(ServiceAddresses.OfApiServer(family)).At(0).Address);
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, from, until, RandomNumberGenerator.GetBytes(16)).CopyWithPrivateKey(serverKey);
        // Only a certificate that went through a store has a key that the TLS layer takes.
        return new(X509CertificateLoader.LoadCertificate(authority.RawData), X509CertificateLoader.LoadPkcs12(server.Export(X509ContentType.Pkcs12), null));
    }

    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
    }
}
