namespace Podwall.Tests;

/// <summary>
/// The programs as tests start them: what <c>eng/publish</c> made, which is what users get, where that is newer than all that it
/// is made of; otherwise what was built with the tests.
/// </summary>
internal static class Programs
{
    private static readonly Lazy<DateTime> LastEdit = new(() => Sources().Max(File.GetLastWriteTimeUtc));

    /// <summary>The command line of <c>podwall</c>.</summary>
    public static string[] Podwall { get; } = Of("podwall");

    /// <summary>The command line of <c>podwall-agent</c>.</summary>
    public static string[] Agent { get; } = Of("podwall-agent");

    /// <summary>What was built with the tests, whatever is published.</summary>
    public static string[] Built(string name) => [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, $"{name}.dll")];

    /// <summary>Where <c>eng/publish</c> puts a program.</summary>
    public static string Published(string name) => Checkout.At("artifacts", "publish", name, name);

    private static string[] Of(string name) => File.GetLastWriteTimeUtc(Published(name)) > LastEdit.Value ? [Published(name)] : Built(name);

    // The site is no part of them.
    private static IEnumerable<string> Sources() =>
        Directory.EnumerateDirectories(Checkout.At("src")).Where(d => Path.GetFileName(d) is not ("Podwall.Web" or "Podwall.Site"))
            .SelectMany(d => Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories))
            .Concat(["Directory.Build.props", "Directory.Packages.props", "global.json"]).Select(f => Checkout.At(f));
}
