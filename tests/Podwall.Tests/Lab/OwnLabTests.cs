using System.Diagnostics;
using Podwall.Lab.Hosting;

namespace Podwall.Tests.Lab;

/// <summary>
/// A user's first minutes with a lab, as root and as somebody who is not. The system tests run in namespaces of their own,
/// where there is one user only; here there are all.
/// </summary>
public sealed class OwnLabTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly string place = Directory.CreateTempSubdirectory("podwall-own").FullName;
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    public void Dispose()
    {
        limit.Dispose();
        Directory.Delete(place, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lab_comes_up_is_used_and_goes(bool isRoot)
    {
        Assert.SkipUnless(!isRoot || Environment.IsPrivilegedProcess, "the tests do not run as root");
        Assert.SkipWhen(LabNamespaces.Obstacle() is not null, $"no lab can be made here: {LabNamespaces.Obstacle()}");
        string[] become = !isRoot && Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"] : [];
        // Whoever is somebody else may not be able to read ours.
        var home = Directory.CreateDirectory(Path.Combine(place, "home")).FullName;
        Copy(AppContext.BaseDirectory, Path.Combine(place, "bin"));
        Copy(Checkout.At("k8s/labs/security"), Path.Combine(place, "security"));
        if (become.Length > 0)
            await RunAsync(["chown", "-R", $"{Nobody}:{Nobody}", place]);
        string[] podwall = [Programs.Built("podwall")[0], Path.Combine(place, "bin", "podwall.dll")];

        var up = await AsUserAsync([.. podwall, "lab", "up", "-f", Path.Combine(place, "security", "scenario", "cluster.yaml")]);
        var kubeconfig = up.Split("export KUBECONFIG=")[1].Trim();
        try
        {
            Assert.StartsWith(home, kubeconfig, StringComparison.Ordinal);
            Assert.Contains("web", await AsUserAsync(["kubectl", "get", "pods", "-n", "prod"]), StringComparison.Ordinal);
            await AsUserAsync(["kubectl", "apply", "-f", Path.Combine(place, "security", "deny-from-other-namespaces.yaml")]);
            Assert.Contains("prod/web", await AsUserAsync(["kubectl", "exec", "-n", "prod", "client", "--", "wget", "-qO-", "-T", "2", "http://web"]), StringComparison.Ordinal);
            Assert.Contains("as the engine says", await AsUserAsync([.. podwall, "probe", "--from", "dev/shell", "--to", "svc:prod/web:80"]), StringComparison.Ordinal);
            Assert.Contains("asked by 10.1.2.3:", await AsUserAsync([.. podwall, "lab", "from", "10.1.2.3", "--", "wget", "-qO-", "-T", "2", "http://192.0.2.7"]), StringComparison.Ordinal);
        }
        finally
        {
            await AsUserAsync([.. podwall, "lab", "down"]);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(home, "podwall")));

        Task<string> AsUserAsync(string[] command) => RunAsync([.. become, "env", $"HOME={home}", $"TMPDIR={home}", $"XDG_RUNTIME_DIR={home}", $"KUBECONFIG={home}/podwall/lab/kubeconfig", .. command]);
    }

    private async Task<string> RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {await output} {await errors}");
        return await output;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
