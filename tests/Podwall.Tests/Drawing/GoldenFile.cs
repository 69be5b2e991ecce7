using System.Runtime.CompilerServices;

namespace Podwall.Tests.Drawing;

/// <summary>Compares output with a file beside the tests; with PODWALL_UPDATE_GOLDEN=1 it writes the file instead.</summary>
internal static class GoldenFile
{
    public static void AssertSame(string name, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: true);
    }
}
