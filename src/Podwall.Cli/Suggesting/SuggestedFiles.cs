using Podwall.Policy;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Suggesting;

/// <summary>Writes suggested policies as files, one each: all of them, or none.</summary>
internal static class SuggestedFiles
{
    /// <summary>Null where all were written; else what stands in the way.</summary>
    public static string? Write(string folder, IEnumerable<NetworkPolicy> policies)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var files = policies.ToDictionary(p => Path.Combine(p.Id.Namespace, $"{p.Id.Name}.yaml"), p => string.Join('\n', PolicyYaml.Of(p)) + "\n");
        if (files.Keys.Select(f => Path.Combine(folder, f)).FirstOrDefault(Path.Exists) is { } there)
            return $"{there} is there already, and would be lost; name another folder.";
        var isNew = !Directory.Exists(folder);
        // On the same file system, where moving is renaming.
        var draft = isNew ? $"{folder}.podwall-{Environment.ProcessId}" : Path.Combine(folder, $".podwall-{Environment.ProcessId}");
        try
        {
            foreach (var (file, text) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(draft, file))!);
                File.WriteAllText(Path.Combine(draft, file), text);
            }

            if (isNew)
                Directory.Move(draft, folder);
            else
                MoveInto(folder, draft, files.Keys);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"{folder} cannot be written: {failed.Message} Nothing was written.";
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
    }

    // What was moved before one fails goes away again, with the folders that were made for it.
    private static void MoveInto(string folder, string draft, IEnumerable<string> files)
    {
        List<string> moved = [], made = [];
        try
        {
            foreach (var file in files)
            {
                var target = Path.Combine(folder, file);
                var parent = Path.GetDirectoryName(target)!;
                if (!Directory.Exists(parent))
                {
                    Directory.CreateDirectory(parent);
                    made.Add(parent);
                }

                File.Move(Path.Combine(draft, file), target);
                moved.Add(target);
            }
        }
        catch
        {
            moved.ForEach(File.Delete);
            made.ForEach(Directory.Delete);
            throw;
        }
    }
}
