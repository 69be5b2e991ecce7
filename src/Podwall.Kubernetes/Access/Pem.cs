using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Podwall.Kubernetes.Access;

/// <summary>Certificates or a key in PEM: as text, or in a file that may be replaced while we run.</summary>
public abstract record Pem
{
    private Pem()
    {
    }

    /// <exception cref="AccessException">The file cannot be read.</exception>
    public abstract string Read();

    /// <exception cref="AccessException">There is no certificate in it.</exception>
    public X509Certificate2Collection ReadCertificates()
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(Read());
        }
        catch (CryptographicException broken)
        {
            throw new AccessException($"{this} holds a broken certificate: {broken.Message.TrimEnd('.')}", "Give PEM text that begins with -----BEGIN CERTIFICATE-----");
        }

        return certificates.Count > 0 ? certificates
            : throw new AccessException($"{this} holds no certificate", "Give PEM text that begins with -----BEGIN CERTIFICATE-----");
    }

    public sealed record Text(string Content, string Origin) : Pem
    {
        public override string Read() => Content;

        public override string ToString() => Origin;

        /// <summary>From a <c>...-data</c> field of a kubeconfig, which holds base64.</summary>
        public static Text OfBase64(string base64, string origin)
        {
            try
            {
                return new(Encoding.UTF8.GetString(Convert.FromBase64String(base64)), origin);
            }
            catch (FormatException)
            {
                throw new AccessException($"{origin} is no base64", "Copy the field from the cluster's own kubeconfig again");
            }
        }
    }

    public sealed record InFile(string Path) : Pem
    {
        public override string Read() => AccessFiles.Read(Path);

        public override string ToString() => Path;
    }
}
