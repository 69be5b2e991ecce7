namespace Podwall.Kubernetes;

/// <summary>Files as the reader sees them: a disk, or texts in memory where there is none.</summary>
public interface IFileTree
{
    bool IsFile(string path);

    bool IsDirectory(string path);

    /// <summary>The names of the files directly in a directory, unordered.</summary>
    IEnumerable<string> FilesIn(string directory);

    /// <summary>The names of the directories directly in a directory, unordered; links are not followed.</summary>
    IEnumerable<string> DirectoriesIn(string directory);

    /// <summary>Equal for two spellings of one path.</summary>
    string IdentityOf(string path);

    Stream OpenRead(string path);

    Stream OpenStandardInput();
}
