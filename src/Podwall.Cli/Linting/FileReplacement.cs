namespace Podwall.Cli.Linting;

/// <summary>
/// Replaces files, each as a whole, all or none: the new texts are written beside them first, with copies of the old ones, which are put
/// back where a later file cannot be replaced.
/// </summary>
internal static class FileReplacement
{
    /// <returns>What failed and how the files are now, in sentences; null where all is written.</returns>
    public static string? Write(IReadOnlyList<(string Path, byte[] Content)> files)
    {
        List<Replacement> all = [];
        try
        {
            foreach (var (path, content) in files)
            {
                // A link stays a link to the file that is replaced.
                Replacement one = new((File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path));
                all.Add(one);
                one.Prepare(content);
            }

            foreach (var one in all)
                one.Move();
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            string[] lost = [.. all.Select(r => r.PutBack()).OfType<string>()];
            return lost.Length == 0 ? $"{failed.Message} Nothing was written." : $"{failed.Message} {string.Join(' ', lost)}";
        }
        finally
        {
            foreach (var one in all)
                one.CleanUp();
        }
    }

    private sealed class Replacement(string target)
    {
        private readonly string aside = Beside(target, "new");
        private readonly string kept = Beside(target, "old");
        private bool isMoved;
        private bool isLost;

        public void Prepare(byte[] content)
        {
            File.WriteAllBytes(aside, content);
            if (!File.Exists(target))
                return;
            File.Copy(target, kept);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(aside, File.GetUnixFileMode(target));
        }

        public void Move()
        {
            File.Move(aside, target, overwrite: true);
            isMoved = true;
        }

        /// <summary>What became of the file where it cannot be put back; null where it is as it was.</summary>
        public string? PutBack()
        {
            try
            {
                if (isMoved && File.Exists(kept))
                    File.Move(kept, target, overwrite: true);
                else if (isMoved)
                    File.Delete(target);
                return null;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                isLost = true;
                return $"{target} is written, and cannot be put back: {failed.Message}{(File.Exists(kept) ? $" Its old text is in {kept}." : "")}";
            }
        }

        // What stays behind is named nowhere else, unless it is all that is left of a file.
        public void CleanUp()
        {
            try
            {
                File.Delete(aside);
                if (!isLost)
                    File.Delete(kept);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
            }
        }

        private static string Beside(string target, string what) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.podwall-{Environment.ProcessId}.{what}");
    }
}
