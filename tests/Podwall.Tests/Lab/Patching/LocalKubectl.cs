using System.Diagnostics;

namespace Podwall.Tests.Lab.Patching;

/// <summary>The kubectl of this machine, for what it does without a server.</summary>
internal static class LocalKubectl
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Ends the test where there is none.</summary>
    public static void Require()
    {
        if (Program is not null)
            return;
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PODWALL_STRICT") == "1", "kubectl is not on the PATH");
        throw new InvalidOperationException("PODWALL_STRICT=1 asks for kubectl on the PATH, and it is not there.");
    }

    /// <summary>What it printed, and whether it succeeded; without success the text is that of its errors.</summary>
    public static (bool Succeeded, string Text) Run(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // No configuration of this machine takes part.
        start.Environment["KUBECONFIG"] = "/dev/null";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? (true, output) : (false, errors.Result);
    }
}
