using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Podwall.Kubernetes.Access;

namespace Podwall.Kubernetes.Client;

/// <summary>Connections to one API server; where the authority in a file was renewed, new ones.</summary>
internal sealed class Transport(ClusterAccess access) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<HttpClient> retired = [];
    private HttpClient? current;
    private string? trusted;

    /// <exception cref="AccessException">The authority cannot be read.</exception>
    public HttpClient Current
    {
        get
        {
            lock (gate)
            {
                return current ??= Open();
            }
        }
    }

    /// <summary>Whether these connections trust an authority that is no longer that of the file, so that others will do better.</summary>
    public bool IsStale(HttpClient connections)
    {
        lock (gate)
        {
            if (current != connections)
                return true;
            if (access.Authority is not Pem.InFile file || file.Read() == trusted)
                return false;
            // Watches that still run on them end on their own.
            retired.Add(connections);
            current = null;
            return true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            current?.Dispose();
            retired.ForEach(r => r.Dispose());
        }
    }

    private HttpClient Open()
    {
        trusted = access.Authority?.Read();
        return new(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private SocketsHttpHandler Handler()
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
            SslOptions = Tls(),
        };
        if (access.UnixSocket is { } path)
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        return handler;
    }

    private SslClientAuthenticationOptions Tls()
    {
        SslClientAuthenticationOptions tls = new()
        {
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
