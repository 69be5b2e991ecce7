using System.Diagnostics;
using System.Text.Json.Nodes;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>A lab that <c>podwall lab up</c> brought up, as a user has it.</summary>
internal sealed class UserLab : IAsyncDisposable
{
    private const string Labs = "podwall", Temporary = "tmp";

    private readonly string home = Directory.CreateTempSubdirectory("podwall-live").FullName;
    private readonly CancellationToken cancellation;

    private UserLab(CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        Directory.CreateDirectory(Path.Combine(home, Labs));
        Directory.CreateDirectory(Path.Combine(home, Temporary));
    }

    /// <summary>What else is in the environment of what is started.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    public string Log => File.ReadAllText(Path.Combine(Folder, "log"));

    /// <summary>The process that the lab ends with, and its first process.</summary>
    public (int Process, int First) Numbers
    {
        get
        {
            var record = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "lab.json")))!;
            return ((int)record["Process"]!, (int)record["First"]!);
        }
    }

    /// <summary>What there is of the lab on the disk, and what it left among the temporary files.</summary>
    public IEnumerable<string> Files => new[] { Labs, Temporary }.SelectMany(f => Directory.EnumerateFileSystemEntries(Path.Combine(home, f)));

    private string Folder => Path.Combine(home, Labs, "lab");

    /// <summary>A place for one that is not up yet.</summary>
    public static UserLab None(CancellationToken cancellation)
    {
        Sandbox.Require();
        // kubectl talks to the API over the loopback of whoever brought the lab up.
        Sandbox.Command("ip", ["link", "set", "lo", "up"]);
        return new(cancellation);
    }

    public static async Task<UserLab> UpAsync(CancellationToken cancellation, params string[] options)
    {
        var lab = None(cancellation);
        await lab.UpAsync(options);
        return lab;
    }

    public async Task UpAsync(params string[] options)
    {
        var up = Ok(await PodwallAsync(["lab", "up", .. options]));
        Assert.Contains($"export KUBECONFIG={Kubeconfig}", up.Output, StringComparison.Ordinal);
    }

    public Task<Ended> PodwallAsync(params string[] words) => RunAsync([.. Programs.Podwall, .. words], "");

    public Task<Ended> KubectlAsync(params string[] words) => RunAsync(["kubectl", .. words], "");

    /// <summary>The same where it must succeed; gives what it says.</summary>
    public async Task<string> KubectlOkAsync(params string[] words) => Ok(await KubectlAsync(words)).Output;

    /// <summary>Tries assertions with connections of the lab's pods, as in any cluster that a kubeconfig names.</summary>
    public async Task<Ended> TestLiveAsync(string lines)
    {
        var file = Path.Combine(home, "test.yaml");
        await File.WriteAllTextAsync(file, $"apiVersion: podwall.dev/v1\nkind: Expectations\nexpect:\n{lines}", cancellation);
        return await PodwallAsync("test", file, "--live", "--all");
    }

    public async Task ApplyAsync(string yaml) => Ok(await RunAsync(["kubectl", "apply", "-f", "-"], yaml));

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
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>A command that goes on, and whose variables say where the lab is.</summary>
    public Process Start(IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_RUNTIME_DIR"] = home;
        start.Environment["TMPDIR"] = Path.Combine(home, Temporary);
        start.Environment["KUBECONFIG"] = Kubeconfig;
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static Ended Ok(Ended ended)
    {
        Assert.True(ended.Code == 0, $"{ended.Output} {ended.Error}");
        return ended;
    }

    internal sealed record Ended(int Code, string Output, string Error);
}
