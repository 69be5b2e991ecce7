using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Podwall.Kubernetes.Access;

/// <summary>How a client says who it is.</summary>
public abstract class Credentials
{
    public static Credentials None { get; } = new Fixed(null);

    /// <summary>The Authorization header; null for none.</summary>
    /// <exception cref="AccessException">The login cannot be had.</exception>
    public abstract ValueTask<string?> HeaderAsync(CancellationToken cancellation);

    /// <summary>After a refusal: whether there may be a newer login now.</summary>
    public virtual ValueTask<bool> RenewAsync(CancellationToken cancellation) => new(false);

    /// <summary>The certificate to show on a new connection; null for none.</summary>
    public virtual X509Certificate2? Certificate => null;

    public static Credentials OfToken(string token) => new Fixed($"Bearer {token}");

    public static Credentials OfPassword(string user, string password) =>
        new Fixed($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");

    /// <summary>A token that something else keeps fresh in a file, as a cluster does for its pods.</summary>
    public static Credentials OfTokenFile(string path, TimeProvider time) => new TokenFile(path, time);

    /// <summary>A certificate beside whatever else says who the client is.</summary>
    public Credentials WithCertificate(Pem certificate, Pem key) => new Certified(this, certificate, key);

    /// <exception cref="AccessException">Certificate or key cannot be read, or do not belong together.</exception>
    internal static X509Certificate2 Certified509(Pem certificate, Pem key)
    {
        try
        {
            // A key that came from PEM is not taken by every TLS layer until it went through a store.
            using var read = X509Certificate2.CreateFromPem(certificate.Read(), key.Read());
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            throw new AccessException($"the client certificate {certificate} with the key {key} cannot be used: {broken.Message.TrimEnd('.')}", "Log in again, or copy both from the cluster's own kubeconfig");
        }
    }

    private sealed class Fixed(string? header) : Credentials
    {
        public override ValueTask<string?> HeaderAsync(CancellationToken cancellation) => new(header);
    }

    private sealed class TokenFile(string path, TimeProvider time) : Credentials
    {
        // The kubelet renews a token long before its end; the real clients look once a minute.
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private readonly Lock gate = new();
        private string? token;
        private long read;

        public override ValueTask<string?> HeaderAsync(CancellationToken cancellation)
        {
            lock (gate)
            {
                if (token is null || time.GetElapsedTime(read) > Interval)
                    (token, read) = (AccessFiles.Read(path).Trim(), time.GetTimestamp());
                return new($"Bearer {token}");
            }
        }

        public override ValueTask<bool> RenewAsync(CancellationToken cancellation)
        {
            lock (gate)
                token = null;
            return new(true);
        }
    }

    private sealed class Certified(Credentials inner, Pem certificate, Pem key) : Credentials
    {
        public override X509Certificate2? Certificate => Certified509(certificate, key);

        public override ValueTask<string?> HeaderAsync(CancellationToken cancellation) => inner.HeaderAsync(cancellation);

        public override ValueTask<bool> RenewAsync(CancellationToken cancellation) => inner.RenewAsync(cancellation);
    }
}
