using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Podwall.Lab.Api;
using Podwall.Tests.Lab.Patching;

namespace Podwall.Tests.Lab.Kubectl;

/// <summary>A person at a shell, with the kubectl of this machine and a cluster that <c>podwall lab api</c> has just made.</summary>
internal sealed partial class KubectlSession : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-kubectl").FullName;
    private readonly Process? server;

    private KubectlSession()
    {
    }

    private KubectlSession(string files)
    {
        foreach (var file in Directory.EnumerateFiles(files))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.CreateSymbolicLink(Path.Combine(folder, "k8s"), Checkout.At("k8s"));
        server = Process.Start(new ProcessStartInfo(Programs.Podwall[0],
            [.. Programs.Podwall[1..], "lab", "api", "--write-kubeconfig", Kubeconfig])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private string Kubeconfig => Path.Combine(folder, "kubeconfig");

    /// <summary>The output of kubectl is that of one minor version; another ends the test.</summary>
    public static async Task<KubectlSession> StartAsync(string files)
    {
        Require();
        KubectlSession session = new(files);
        // It says where it serves when it does.
        if (await session.server!.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is null)
            Assert.Fail(await session.server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return session;
    }

    /// <summary>With a server of the test's own.</summary>
    public static async Task<KubectlSession> AtAsync(ApiServer server)
    {
        Require();
        KubectlSession session = new();
        await server.WriteKubeconfigAsync(session.Kubeconfig, TestContext.Current.CancellationToken);
        return session;
    }

    private static void Require()
    {
        LocalKubectl.Require();
        Assert.SkipUnless(LocalKubectl.Run("version", "--client").Text.Contains("v1.32.", StringComparison.Ordinal), "the recorded output is that of kubectl 1.32, and this one is another");
    }

    /// <summary>Runs a line of shell and gives what it printed, with its exit code where that is not 0.</summary>
    public async Task<string> RunAsync(string line)
    {
        using var process = Start(line);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? output : $"{output}[exit {process.ExitCode}]\n";
    }

    /// <summary>Starts a line of shell; errors come among the output.</summary>
    public Process Start(string line)
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec 2>&1; {line}"]) { RedirectStandardOutput = true, WorkingDirectory = folder };
        foreach (var (name, value) in new[] { ("KUBECONFIG", Kubeconfig), ("KUBECACHEDIR", Path.Combine(folder, "cache")), ("HOME", folder), ("TMPDIR", folder), ("TZ", "UTC") })
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Without what is other each time: identities, versions, times, ages and the address of the server.</summary>
    public static string Masked(string text)
    {
        text = Identity().Replace(text, "UID");
        text = Version().Replace(text, "$1VERSION");
        text = Time().Replace(text, "TIME");
        text = Spoken().Replace(text, "TIME");
        text = Temporary().Replace(text, "TEMPORARY");
        text = Authority().Replace(text, "CERTIFICATE");
        text = Server().Replace(text, "https://SERVER");
        StringBuilder lines = new();
        // Columns are as wide as the widest age.
        foreach (var line in text.Split('\n'))
            lines.Append(line is [' ' or '+' or '-', ..] ? line : Gap().Replace(Age().Replace(line, "$1AGE"), "   ")).Append('\n');
        return lines.ToString(0, lines.Length - 1);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Identity();

    [GeneratedRegex("""(resourceVersion"?: ")\d+""")]
    private static partial Regex Version();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000( UTC)?|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000")]
    private static partial Regex Spoken();

    [GeneratedRegex(@"/[^ ""]*/podwall-kubectl[^/ ""]*/[^ ""]*")]
    private static partial Regex Temporary();

    [GeneratedRegex("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", RegexOptions.Singleline)]
    private static partial Regex Authority();

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Server();

    [GeneratedRegex(@"(^|\s)\d+s(?=\s|$)")]
    private static partial Regex Age();

    [GeneratedRegex(@"(?<=\S) {2,}")]
    private static partial Regex Gap();
}
