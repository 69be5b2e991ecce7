namespace Podwall.Tests;

/// <summary>The project's own files.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Podwall.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests must run from a checkout.");
        return folder.FullName;
    }
}
