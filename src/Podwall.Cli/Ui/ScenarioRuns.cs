using System.Diagnostics;
using System.Text.RegularExpressions;
using Podwall.Cli.Lab;
using Podwall.Explorer;
using Podwall.Lab.Hosting;

namespace Podwall.Cli.Ui;

/// <summary>Runs the guide's scenarios as <c>podwall lab run</c> does: in a process of its own, which a lab needs for its namespaces.</summary>
/// <param name="lab">The lab, which is up, that becomes what they say; null for a lab of each run's own.</param>
internal sealed partial class ScenarioRuns(string? lab) : IDisposable
{
    // A lab takes the machine to itself for some seconds.
    private readonly SemaphoreSlim one = new(1);
    private readonly string? root = Root();

    public LabState State => root is null ? new(false, "The scenarios do not lie beside podwall.", "") : new(true, lab is null && LabNamespaces.Obstacle() is { } obstacle ? $"Simulated: {obstacle}." : "", lab ?? "");

    /// <summary>The run as JSON of the kind <c>LabRun</c>; or what is wrong.</summary>
    public async Task<(string Json, string Problem)> RunAsync(RunQuestion question, CancellationToken cancellation)
    {
        if (root is null || !Folder().IsMatch(question.Folder) || !Directory.Exists(Path.Combine(root, question.Folder)))
            return ("", "There is no such scenario here.");
        await one.WaitAsync(cancellation);
        try
        {
            ProcessStartInfo start = new(LabSource.Self[0], [.. LabSource.Self.Skip(1), "lab", "run", question.Folder, "-o", "json", .. lab is not null ? (string[])["--name", lab] : []])
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
                await process.WaitForExitAsync(cancellation);
                return process.ExitCode is ExitCode.Ok or ExitCode.Denied ? (await output, "") : ("", (await errors).Trim());
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private static string? Root()
    {
        string[] places = [Path.Combine(AppContext.BaseDirectory, "share", "podwall"), Path.Combine(AppContext.BaseDirectory, "..", "share", "podwall"), .. SiteFiles.Checkout() is { } checkout ? [checkout] : (string[])[]];
        return places.FirstOrDefault(p => Directory.Exists(Path.Combine(p, "k8s")));
    }

    [GeneratedRegex("^k8s/[a-z0-9-]+/[a-z0-9-]+$")]
    private static partial Regex Folder();
}
