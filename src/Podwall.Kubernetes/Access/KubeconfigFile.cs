namespace Podwall.Kubernetes.Access;

/// <summary>One kubeconfig, as a positioned tree, so that messages name file, line and field.</summary>
internal sealed class KubeconfigFile
{
    private readonly MappingNode? root;
    private readonly string path;

    private KubeconfigFile(string path, MappingNode? root) => (this.path, this.root) = (path, root);

    public string? CurrentContext => root?.TextOf("current-context") is { Length: > 0 } name ? name : null;

    /// <exception cref="AccessException">The file cannot be read, or is no kubeconfig.</exception>
    public static KubeconfigFile Read(string path)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(AccessFiles.Read(path));
        var reading = new TreeReader(ReadingLimits.Default, new StringPool(), lettersAreText: true).Read(path, bytes);
        if (reading.Faults is [var fault, ..])
            throw new AccessException($"{fault.Position}: {fault.Message.TrimEnd('.')}", fault.Fix?.TrimEnd('.') ?? "Mend the kubeconfig");
        return reading.Documents switch
        {
            [] => new(path, null),
            [{ Root: MappingNode only }] => new(path, only),
            _ => throw new AccessException($"{path} is no kubeconfig", "Give a file with clusters, users and contexts"),
        };
    }

    /// <summary>The names of a section's entries (<c>clusters</c>, <c>users</c>, <c>contexts</c>), in order.</summary>
    public IEnumerable<string> Names(string section) => Entries(section).Select(e => e.TextOf("name")).OfType<string>();

    /// <summary>The first entry of that name; null where there is none.</summary>
    public KubeconfigEntry? Find(string section, string field, string name) =>
        Entries(section).FirstOrDefault(e => e.TextOf("name") == name) is { } entry
            ? new(path, $"{field} {name}", entry.Position, entry[field] as MappingNode)
            : null;

    private IEnumerable<MappingNode> Entries(string section) => (root?[section] as SequenceNode)?.Items.OfType<MappingNode>() ?? [];
}

/// <summary>A cluster, user or context of a kubeconfig; <paramref name="Node"/> is null where it is empty.</summary>
internal sealed record KubeconfigEntry(string File, string Name, SourcePosition Position, MappingNode? Node)
{
    public string? Text(string field) => Node?.TextOf(field) is { Length: > 0 } text ? text : null;

    public bool IsTrue(string field) => Node?[field] is ScalarNode { Type: ScalarType.Boolean, Text: "true" };

    public MappingNode? Mapping(string field) => Node?[field] as MappingNode;

    /// <summary>PEM from <c>FIELD-data</c> or from the file that FIELD names, relative to the kubeconfig; data wins.</summary>
    public Pem? Pem(string field) =>
        Text($"{field}-data") is { } data ? Access.Pem.Text.OfBase64(data, $"{field}-data of {Name} ({Position})")
        : PathOf(field) is { } path ? new Pem.InFile(path)
        : null;

    /// <summary>A path, which is relative to the kubeconfig in which it stands.</summary>
    public string? PathOf(string field) => Text(field) is { } written ? Path.Combine(Directory, written) : null;

    public string Directory => Path.GetDirectoryName(Path.GetFullPath(File)) ?? "/";

    public AccessException Fault(string what, string fix) => new($"{Position}: {Name}: {what}", fix);
}
