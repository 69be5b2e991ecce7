using System.Diagnostics;

namespace Podwall.SystemTests;

/// <summary>The namespaces that the tests run in.</summary>
internal static class Sandbox
{
    public const string Variable = "PODWALL_TEST_NAMESPACE";

    public static bool IsInside => Environment.GetEnvironmentVariable(Variable) == "1";

    public static bool IsPossible { get; } = Succeeds("unshare", "-Urnm", "--propagation", "private", "true");

    /// <summary>Ends the test where there is no namespace for it; under <c>PODWALL_STRICT=1</c> the skip is a failure.</summary>
    public static void Require()
    {
        Assert.SkipUnless(IsInside, "this machine forbids user and network namespaces (unshare -Urnm)");
        Assert.SkipUnless(Succeeds("ip", "-V") && Succeeds("nft", "--version"), "ip or nft is missing; eng/setup installs them");
    }

    // The names of network namespaces lie in /run, which must be ours.
    private static readonly Lazy<string> Run = new(() => Command("mount", ["-t", "tmpfs", "none", "/run"]));

    public static void AddNetwork(string name)
    {
        _ = Run.Value;
        Command("ip", ["netns", "add", name]);
    }

    /// <summary>Runs a command and gives what it wrote; fails the test where the command fails.</summary>
    public static string Command(string file, IEnumerable<string> arguments, string? input = null)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {errors.Result}{input}");
        return output;
    }

    private static bool Succeeds(string file, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
