using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Suggesting;

/// <summary>Writes suggested policies as files, one each: all of them, or none.</summary>
internal static class SuggestedFiles
{
    /// <summary>Null where all were written; else what stands in the way.</summary>
    public static string? Write(string folder, IEnumerable<NetworkPolicy> policies)
    {
        var files = policies.ToDictionary(p => Path.Combine(folder, p.Id.Namespace, $"{p.Id.Name}.yaml"), p => string.Join('\n', PolicyYaml.Of(p)) + "\n");
        if (files.Keys.FirstOrDefault(File.Exists) is { } there)
            return $"{there} is there already, and would be lost; name another folder.";
        // Beside the folder first, so that a fault half way leaves nothing behind.
        var draft = $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))}.podwall-{Environment.ProcessId}";
        try
        {
            foreach (var (file, text) in files)
            {
                var path = Path.Combine(draft, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            foreach (var file in files.Keys)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.Move(Path.Combine(draft, Path.GetRelativePath(folder, file)), file);
            }

            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"{folder} cannot be written: {failed.Message}";
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
    }
}
