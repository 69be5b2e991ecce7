namespace Podwall.Cli.Linting;

/// <summary>Replaces files, each as a whole: all texts are written beside them first, so that what fails leaves them as they are.</summary>
internal static class FileReplacement
{
    /// <returns>What failed, as a sentence; null where all is written.</returns>
    public static string? Write(IReadOnlyList<(string Path, byte[] Content)> files)
    {
        List<(string Aside, string Target)> written = [];
        try
        {
            foreach (var (path, content) in files)
            {
                // A link stays a link to the file that is replaced.
                var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
                var aside = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.podwall-{Environment.ProcessId}");
                written.Add((aside, target));
                File.WriteAllBytes(aside, content);
                if (!OperatingSystem.IsWindows() && File.Exists(target))
                    File.SetUnixFileMode(aside, File.GetUnixFileMode(target));
            }

            foreach (var (aside, target) in written)
                File.Move(aside, target, overwrite: true);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            foreach (var (aside, _) in written.Where(w => File.Exists(w.Aside)))
                File.Delete(aside);
            return failed.Message;
        }
    }
}
