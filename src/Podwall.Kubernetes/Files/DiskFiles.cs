namespace Podwall.Kubernetes;

/// <summary>The file system; standard input is handed in, since only the program may own it.</summary>
public sealed class DiskFiles(Func<Stream> standardInput) : IFileTree
{
    public bool IsFile(string path) => File.Exists(path);

    public bool IsDirectory(string path) => Directory.Exists(path);

    public IEnumerable<string> FilesIn(string directory) => Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f));

    // A link to a directory may lead back up; named on the command line it is followed all the same.
    public IEnumerable<string> DirectoriesIn(string directory) => new DirectoryInfo(directory).EnumerateDirectories()
        .Where(d => !d.Attributes.HasFlag(FileAttributes.ReparsePoint))
        .Select(d => d.Name);

    public string IdentityOf(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    public Stream OpenRead(string path) => File.OpenRead(path);

    public Stream OpenStandardInput() => standardInput();
}
