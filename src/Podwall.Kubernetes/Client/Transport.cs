using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Podwall.Kubernetes.Access;

namespace Podwall.Kubernetes.Client;

/// <summary>Connections to one API server.</summary>
internal static class Transport
{
    /// <exception cref="AccessException">A certificate cannot be read.</exception>
    public static SocketsHttpHandler Of(ClusterAccess access)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = access.SkipsCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            EnableMultipleHttp2Connections = true,
            // Without pings a peer that vanished is noticed only when the kernel gives up, after many minutes.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseCookies = false,
            UseProxy = access.Proxy is not null,
            Proxy = access.Proxy is null ? null : new WebProxy(access.Proxy),
            SslOptions = Tls(access),
        };
        if (access.UnixSocket is { } path)
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        return handler;
    }

    private static SslClientAuthenticationOptions Tls(ClusterAccess access)
    {
        SslClientAuthenticationOptions tls = new()
        {
            TargetHost = access.TlsServerName,
            // Read anew for each connection, since certificates in files are renewed.
            LocalCertificateSelectionCallback = (_, _, _, _, _) => access.Credentials.Certificate!,
        };
#pragma warning disable CA5359 // The user's kubeconfig says insecure-skip-tls-verify.
        if (access.SkipsVerification)
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (access.Authority is { } authority)
        {
            tls.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authority.ReadCertificates());
        }

        return tls;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
