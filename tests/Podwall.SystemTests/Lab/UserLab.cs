using System.Diagnostics;

namespace Podwall.SystemTests.Lab;

/// <summary>A lab that <c>podwall lab up</c> brought up, as a user has it.</summary>
internal sealed class UserLab : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("podwall-live").FullName;
    private readonly CancellationToken cancellation;

    private UserLab(CancellationToken cancellation) => this.cancellation = cancellation;

    public string Kubeconfig => Path.Combine(home, "podwall", "lab", "kubeconfig");

    /// <summary>What the lab left on the disk.</summary>
    public IEnumerable<string> Files => Directory.Exists(Path.Combine(home, "podwall")) ? Directory.EnumerateFileSystemEntries(Path.Combine(home, "podwall")) : [];

    public static async Task<UserLab> UpAsync(CancellationToken cancellation, params string[] options)
    {
        Sandbox.Require();
        // kubectl talks to the API over the loopback of whoever brought the lab up.
        Sandbox.Command("ip", ["link", "set", "lo", "up"]);
        UserLab lab = new(cancellation);
        var up = await lab.PodwallAsync(["lab", "up", .. options]);
        Assert.True(up.Code == 0, up.Error);
        Assert.Contains($"export KUBECONFIG={lab.Kubeconfig}", up.Output, StringComparison.Ordinal);
        return lab;
    }

    public Task<Ended> PodwallAsync(params string[] words) => RunAsync([.. TestLabs.Podwall, .. words], "");

    public Task<Ended> KubectlAsync(params string[] words) => RunAsync(["kubectl", .. words], "");

    /// <summary>Tries assertions with connections of the lab's pods, as in any cluster that a kubeconfig names.</summary>
    public async Task<Ended> TestLiveAsync(string lines)
    {
        var file = Path.Combine(home, "test.yaml");
        await File.WriteAllTextAsync(file, $"apiVersion: podwall.dev/v1\nkind: Expectations\nexpect:\n{lines}", cancellation);
        return await PodwallAsync("test", file, "--live", "--all");
    }

    public Task<Ended> ApplyAsync(string yaml) => RunAsync(["kubectl", "apply", "-f", "-"], yaml);

    /// <summary>A command in a pod, tried until it ends as it should: what was applied takes a moment to be in force.</summary>
    public async Task<Ended> UntilAsync(Func<Ended, bool> holds, params string[] words)
    {
        while (true)
        {
            var ended = await KubectlAsync(words);
            if (holds(ended))
                return ended;
            Assert.False(cancellation.IsCancellationRequested, $"{string.Join(' ', words)}: {ended.Code} {ended.Output} {ended.Error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await PodwallAsync("lab", "down");
        Directory.Delete(home, recursive: true);
    }

    public async Task<Ended> RunAsync(IReadOnlyList<string> command, string input)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_RUNTIME_DIR"] = home;
        start.Environment["KUBECONFIG"] = Kubeconfig;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await error);
    }

    internal sealed record Ended(int Code, string Output, string Error);
}
