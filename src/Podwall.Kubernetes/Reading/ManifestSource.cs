using System.Text;

namespace Podwall.Kubernetes;

/// <summary>One input: a name for messages and a way to its bytes, opened only while it is read.</summary>
public sealed class ManifestSource(string name, Func<Stream> open)
{
    public string Name { get; } = name;

    /// <summary>Set where the input is known to be unreadable: what is wrong, and what to do.</summary>
    public (string Message, string Fix)? Fault { get; init; }

    public static ManifestSource OfText(string name, string text) => new(name, () => new MemoryStream(Encoding.UTF8.GetBytes(text)));

    /// <summary>Of text that is UTF-8 already.</summary>
    public static ManifestSource OfBytes(string name, byte[] utf8) => new(name, () => new MemoryStream(utf8, writable: false));

    public static ManifestSource Missing(string name, string message, string fix) => new(name, () => Stream.Null) { Fault = (message, fix) };

    public Stream Open() => open();

    public override string ToString() => Name;
}
