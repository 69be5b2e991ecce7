namespace Podwall.Kubernetes.Access;

/// <summary>Reads what a kubeconfig refers to.</summary>
internal static class AccessFiles
{
    /// <exception cref="AccessException">The file cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AccessException($"{path} cannot be read: {error.Message.TrimEnd('.')}", "Check that it exists and that you may read it, or log in again");
        }
    }
}
