using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Podwall.Tests.Cli;

/// <summary>
/// A test in a repository of manifests, with what a runner of GitHub, GitLab or pre-commit has around it: a folder for temporary files, a
/// release to install, and the forge where comments are written.
/// </summary>
public abstract partial class PipelineTest : IAsyncLifetime
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("podwall-pipeline").FullName;
    private protected Forge Forge { get; private set; } = null!;

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected string Repository => Path.Combine(Folder, "repository");

    private protected string Temporary => Path.Combine(Folder, "temp");

    public async ValueTask InitializeAsync()
    {
        Forge = await Forge.StartAsync();
        Assert.SkipUnless(new[] { "bash", "git", "curl", "jq" }.All(t => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, t)))), "bash, git, curl and jq are needed");
        Directory.CreateDirectory(Path.Combine(Repository, "deploy"));
        Directory.CreateDirectory(Temporary);
        foreach (var file in Directory.EnumerateFiles(Checkout.At("k8s/tiers/stack"), "*.yaml").Append(Checkout.At("k8s/tiers/stack/scenario/cluster.yaml")))
            File.Copy(file, Path.Combine(Repository, "deploy", Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(Repository, "deploy", "expectations.yaml"), "apiVersion: podwall.dev/v1\nkind: Expectations\nexpect:\n- {only: apps/backend, to: apps/database, ports: [5432/tcp]}\n");
        await Release();
        await Git("init", "-q", "-b", "main");
        await Git("config", "user.name", "someone");
        await Git("config", "user.email", "someone@example.com");
        await Git("add", ".");
        await Git("commit", "-q", "-m", "base");
    }

    public async ValueTask DisposeAsync()
    {
        await Forge.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected (string, string)[] GitHub => [("GITHUB_API_URL", Forge.Address.ToString().TrimEnd('/')), ("GITHUB_REPOSITORY", "team/shop"), ("PULL_REQUEST", "12"), ("GH_TOKEN", "secret")];

    /// <summary>The steps of action.yml, one after the other, in the environment that a runner makes.</summary>
    private protected async Task<List<(int Code, string Output)>> Action(string start, params (string Name, string Value)[] given)
    {
        var action = Yaml(await File.ReadAllTextAsync(Checkout.At("action.yml")));
        var values = ((YamlMappingNode)action["inputs"]).ToDictionary(i => $"inputs.{i.Key}", i => $"{i.Value["default"]}");
        foreach (var (name, value) in given)
        {
            Assert.Contains($"inputs.{name}", values.Keys);
            values[$"inputs.{name}"] = value;
        }

        values["github.action_repository"] = "podwall/podwall";
        values["github.event.pull_request.base.sha"] = start;
        values["github.event.pull_request.head.sha"] = (await Git("rev-parse", "HEAD")).Trim();
        values["github.event.pull_request.number"] = "12";
        values["github.token"] = "secret";
        values["runner.temp"] = Temporary;
        List<(int, string)> ended = [];
        foreach (var name in new[] { "path", "output", "summary" })
            await File.WriteAllTextAsync(Path.Combine(Temporary, name), "");
        foreach (var step in (YamlSequenceNode)action["runs"]["steps"])
        {
            var environment = ((YamlMappingNode)step["env"]).Select(e => ($"{e.Key}", Expression().Replace($"{e.Value}", m => values[m.Groups[1].Value])));
            ended.Add(await Run($"PATH=\"$(paste -sd: \"$GITHUB_PATH\"):$PATH\"\n{step["run"]}", [.. GitHub.Where(g => g.Item1.StartsWith("GITHUB", StringComparison.Ordinal)), .. environment]));
        }

        return ended;
    }

    private protected async Task CommitAsync(string policy)
    {
        await File.WriteAllTextAsync(Path.Combine(Repository, "deploy", "debug.yaml"), policy);
        await Git("add", ".");
        await Git("commit", "-q", "-m", "debug");
    }

    // What a release page has; the binary is a script that starts ours.
    private protected async Task Release()
    {
        var (bin, release) = (Path.Combine(Folder, "build"), Path.Combine(Folder, "release"));
        Directory.CreateDirectory(bin);
        Directory.CreateDirectory(release);
        await File.WriteAllTextAsync(Path.Combine(bin, "podwall"), $"#!/bin/sh\nexec {string.Join(' ', Programs.Podwall.Select(p => $"\"{p}\""))} \"$@\"\n");
        Assert.Equal((0, ""), await Run($"chmod +x {bin}/podwall; case $(uname -m) in x86_64) m=x64 ;; *) m=arm64 ;; esac; tar -czf {release}/podwall-0.1.0-linux-$m.tar.gz -C {bin} podwall && cd {release} && sha256sum podwall-* > SHA256SUMS"));
    }

    private protected async Task Installed() => Assert.Equal(0, (await Run($"{Checkout.At("eng/ci/install")} {Path.Combine(Temporary, "podwall")}", ("PODWALL_VERSION", "0.1.0"))).Code);

    private protected async Task<string> Git(params string[] words)
    {
        var (code, output) = await Run($"git {string.Join(' ', words.Select(w => $"'{w}'"))}");
        Assert.True(code == 0, output);
        return output;
    }

    private protected Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Temporary, file));

    // As a runner does: bash, which ends at the first line that fails.
    private protected async Task<(int Code, string Output)> Run(string script, params (string Name, string Value)[] environment)
    {
        var file = Path.Combine(Temporary, "step.sh");
        await File.WriteAllTextAsync(file, script);
        ProcessStartInfo start = new("bash", ["--noprofile", "--norc", "-eo", "pipefail", file]) { WorkingDirectory = Directory.Exists(Repository) ? Repository : Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in ((string, string)[])[("GITHUB_ACTION_PATH", Checkout.Root), ("RUNNER_TEMP", Temporary), ("GITHUB_PATH", Path.Combine(Temporary, "path")), ("GITHUB_OUTPUT", Path.Combine(Temporary, "output")), ("GITHUB_STEP_SUMMARY", Path.Combine(Temporary, "summary")), ("PODWALL_SOURCE", Path.Combine(Folder, "release")), .. environment])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private protected static YamlNode Yaml(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"\$\{\{ *(.*?) *\}\}")]
    private static partial Regex Expression();
}
