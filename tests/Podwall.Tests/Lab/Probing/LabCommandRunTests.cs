using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Podwall.Cli;
using Podwall.Kubernetes.Access;
using Podwall.Tests.Cli;

namespace Podwall.Tests.Lab.Probing;

/// <summary><c>podwall lab run</c> where something is wrong, and while files change.</summary>
public sealed class LabCommandRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-lab-run").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Expected => Path.Combine(folder, "scenario", "expected.yaml");

    public LabCommandRunTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "scenario"));
        foreach (var file in Directory.EnumerateFiles(Checkout.At("k8s/labs/security"), "*.yaml", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(Checkout.At("k8s/labs/security"), file)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_wrong_expectation_is_named_with_its_line()
    {
        Replace(Expected, "{from: dev/*, to: prod/*, ports: [80/tcp, 443/tcp, icmp], is: deny}", "{from: dev/*, to: prod/*, ports: [80/tcp], is: allow}");
        var line = Array.FindIndex(File.ReadAllLines(Expected), l => l.Contains("from: dev/*, to: prod/*, ports: [80/tcp], is: allow", StringComparison.Ordinal)) + 1;
        var run = await CliRun.Of("lab", "run", folder);
        Assert.Equal(ExitCode.Denied, run.Code);
        Assert.Contains($"NOT AS EXPECTED  {Expected}:{line}:", run.Out, StringComparison.Ordinal);
        Assert.Contains("dev/learner -> prod/client 80/tcp is denied", run.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await CliRun.Of("lab", "run", folder, "-o", "json")).Out).RootElement;
        Assert.False(json.GetProperty("asExpected").GetBoolean());
        var cases = XDocument.Parse((await CliRun.Of("lab", "run", folder, "-o", "junit")).Out).Descendants("testcase").ToArray();
        Assert.Equal(json.GetProperty("scenarios")[0].GetProperty("steps").EnumerateArray().Sum(s => s.GetProperty("flows").GetArrayLength()), cases.Length);
        var failed = cases.Where(c => c.Element("failure") is not null).ToArray();
        Assert.Contains(failed, c => c.Element("failure")!.Value.Contains($"80/tcp is denied; {Expected}:{line}:", StringComparison.Ordinal));
        Assert.All(failed, c => Assert.Contains($"; {Expected}:", c.Element("failure")!.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("from: dev/*, to: prod/*", "from: dev/nobody, to: prod/*", "there is no pod dev/nobody")]
    [InlineData("from: dev/*, to: prod/*", "from: dev/shel, to: prod/*", "Did you mean dev/shell?")]
    [InlineData("apply: [allow-ingress.yaml]", "apply: [allow.yaml]", "there is no file")]
    [InlineData("from: 192.0.2.10, to: prod/*", "from: 192.0.2.10, to: 192.0.2.11", "both ends are outside")]
    [InlineData("is: deny", "is: denied", "Write allow or deny.")]
    public async Task Bad_expectations_are_found_before_anything_runs(string what, string by, string named)
    {
        Replace(Expected, what, by);
        var run = await CliRun.Of("lab", "run", folder);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Contains($"error  {Expected}:", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task An_invalid_policy_and_a_missing_cluster_are_bad_input()
    {
        Replace(Path.Combine(folder, "allow-ingress.yaml"), "podSelector", "podSelektor");
        var run = await CliRun.Of("lab", "run", folder);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("allow-ingress.yaml:", run.Error, StringComparison.Ordinal);
        Assert.Contains("podSelektor", run.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "scenario", "cluster.yaml"));
        var missing = await CliRun.Of("lab", "run", folder);
        Assert.Equal(ExitCode.BadInput, missing.Code);
        Assert.Contains("scenario/cluster.yaml is missing", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_does_not_come_is_not_as_expected()
    {
        await File.AppendAllTextAsync(Expected, "refused:\n- {file: allow-ingress.yaml, field: spec, message: never}\n", Stop);
        var run = await CliRun.Of("lab", "run", folder);
        Assert.Equal(ExitCode.Denied, run.Code);
        Assert.Contains("it is accepted", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lab_that_lies_is_a_loud_disagreement()
    {
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        using var terminal = new Terminal(Stream.Null, stdout, stderr) { Surroundings = Surroundings.Empty, Labs = () => new(LyingLab.About("dev/shell -> prod/web 80/tcp"), null) };
        Assert.Equal(ExitCode.Denied, await PodwallCommand.RunAsync(["lab", "run", folder], terminal, Stop));
        var text = Encoding.UTF8.GetString(stdout.ToArray());
        Assert.Contains("DISAGREEMENT  dev/shell -> prod/web 80/tcp: the probe was let through, the engine says deny (only prod reaches prod)", text, StringComparison.Ordinal);
        Assert.Contains("DISAGREEMENT  dev/shell -> prod/web 80/tcp: the probe was stopped, the engine says allow (without policies)", text, StringComparison.Ordinal);
        var said = text.Split('\n').Where(l => l.Contains("DISAGREEMENT", StringComparison.Ordinal)).ToArray();
        Assert.Equal(said.Distinct(), said);
        Assert.Contains("1.8 s", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SIMULATED", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_runs_again_when_a_file_changes_and_ends_with_0()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Pipe pipe = new(new(pauseWriterThreshold: 0));
        using var stderr = new MemoryStream();
        using var terminal = new Terminal(Stream.Null, pipe.Writer.AsStream(), stderr) { Surroundings = Surroundings.Empty };
        var run = PodwallCommand.RunAsync(["lab", "run", folder, "--watch"], terminal, stop.Token);
        using StreamReader output = new(pipe.Reader.AsStream());
        await Until(output, "672 of 672 as expected");
        Replace(Expected, "is: allow}\n  otherwise: allow\n- name: deny all ingress", "is: deny}\n  otherwise: allow\n- name: deny all ingress");
        await Until(output, "of 672 as expected", "NOT AS EXPECTED");
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await run);
        Assert.Contains("changed: expected.yaml", Encoding.UTF8.GetString(stderr.ToArray()), StringComparison.Ordinal);
    }

    private static async Task Until(StreamReader output, string wanted, string? before = null)
    {
        var seen = before is null;
        while (await output.ReadLineAsync(Stop) is { } line)
        {
            seen |= before is not null && line.Contains(before, StringComparison.Ordinal);
            if (!line.Contains(wanted, StringComparison.Ordinal))
                continue;
            Assert.True(seen, line);
            return;
        }

        Assert.Fail($"The output ended without {wanted}.");
    }

    private static void Replace(string file, string what, string by)
    {
        var text = File.ReadAllText(file);
        Assert.Contains(what, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(what, by, StringComparison.Ordinal));
    }
}
