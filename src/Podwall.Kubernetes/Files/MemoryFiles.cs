using System.Text;

namespace Podwall.Kubernetes;

/// <summary>Texts by path, with '/' between names: the playground's files, and tests'.</summary>
public sealed class MemoryFiles(IReadOnlyDictionary<string, string> texts) : IFileTree
{
    public string StandardInput { get; init; } = "";

    public bool IsFile(string path) => texts.ContainsKey(IdentityOf(path));

    public bool IsDirectory(string path) => IdentityOf(path).Length == 0 || texts.Keys.Any(k => k.StartsWith(Prefix(path), StringComparison.Ordinal));

    public IEnumerable<string> FilesIn(string directory) => NamesIn(directory).Where(n => !n.Contains('/'));

    public IEnumerable<string> DirectoriesIn(string directory) => NamesIn(directory).Where(n => n.Contains('/')).Select(n => n[..n.IndexOf('/')]).Distinct();

    public string IdentityOf(string path) => string.Join('/', path.Split('/').Where(p => p is not ("" or ".")));

    public Stream OpenRead(string path) => texts.TryGetValue(IdentityOf(path), out var text)
        ? new MemoryStream(Encoding.UTF8.GetBytes(text))
        : throw new FileNotFoundException($"There is no file {path}.");

    public Stream OpenStandardInput() => new MemoryStream(Encoding.UTF8.GetBytes(StandardInput));

    private IEnumerable<string> NamesIn(string directory) => texts.Keys
        .Where(k => k.StartsWith(Prefix(directory), StringComparison.Ordinal))
        .Select(k => k[Prefix(directory).Length..]);

    private string Prefix(string directory) => IdentityOf(directory) is { Length: > 0 } path ? path + "/" : "";
}
