using System.Runtime.CompilerServices;
using System.Text;
using Podwall.Tests.Cli;

namespace Podwall.Tests.Lab.Kubectl;

/// <summary>
/// What people type at a cluster, by the kubectl of this machine: each transcript is run again, line by line, in a new
/// cluster and must come out the same.
/// </summary>
public sealed class KubectlTests
{
    private static readonly string Here = Folder();

    public static TheoryData<string> Transcripts => [.. Directory.EnumerateFiles(Path.Combine(Here, "Golden"), "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task A_transcript_comes_out_the_same(string name)
    {
        var file = Path.Combine(Here, "Golden", $"{name}.txt");
        var written = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await using var session = await KubectlSession.StartAsync(Path.Combine(Here, "Files"));
        StringBuilder told = new();
        foreach (var line in written.Split('\n').Where(l => l.StartsWith("$ ", StringComparison.Ordinal) || l.StartsWith("# ", StringComparison.Ordinal)))
        {
            told.Append(line).Append('\n');
            if (line[0] == '$')
                told.Append(KubectlSession.Masked(await session.RunAsync(line[2..])));
        }

        Transcript.Settle(file, written, told.ToString());
    }

    [Fact]
    public async Task A_watch_shows_changes_as_they_come()
    {
        await using var session = await KubectlSession.StartAsync(Path.Combine(Here, "Files"));
        await session.RunAsync("kubectl apply -f web-allow.yaml");
        using var watch = session.Start("exec kubectl get netpol -w --output-watch-events");
        Assert.Contains("POD-SELECTOR", await NextAsync(), StringComparison.Ordinal);
        Assert.Matches(@"^ADDED\s+web-allow\s+app=web", await NextAsync());
        await session.RunAsync("kubectl apply -f deny-all.yaml");
        Assert.Matches(@"^ADDED\s+deny-all\s+<none>", await NextAsync());
        await session.RunAsync("kubectl patch netpol deny-all --type=merge -p '{\"spec\":{\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}}}}'");
        Assert.Matches(@"^MODIFIED\s+deny-all\s+app=db", await NextAsync());
        await session.RunAsync("kubectl delete netpol deny-all");
        Assert.Matches(@"^DELETED\s+deny-all\s+app=db", await NextAsync());
        watch.Kill();

        async Task<string> NextAsync() => await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
    }

    [Theory]
    [InlineData("get netpol web-allow -w", 2, "web-allow   app=web", "web-allow   app=db")]
    [InlineData("get netpol -w", 2, "web-allow   app=web", "web-allow   app=db")]
    [InlineData("get netpol -w -o jsonpath='{.metadata.name} {.spec.podSelector}{\"\\n\"}'", 1, "web-allow {\"matchLabels\":{\"app\":\"web\"}}", "web-allow {\"matchLabels\":{\"app\":\"db\"}}")]
    [InlineData("get netpol web-allow -w -o custom-columns=A:.spec.podSelector.matchLabels.app", 2, "web", "db")]
    [InlineData("get netpol -w -o name", 1, "networkpolicy.networking.k8s.io/web-allow", "networkpolicy.networking.k8s.io/web-allow")]
    public async Task Each_form_of_watching_shows_before_and_after(string command, int lines, string before, string after)
    {
        await using var session = await KubectlSession.StartAsync(Path.Combine(Here, "Files"));
        await session.RunAsync("kubectl apply -f web-allow.yaml");
        using var watch = session.Start($"exec kubectl {command}");
        var line = "";
        for (var i = 0; i < lines; i++)
            line = await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        Assert.StartsWith(before, KubectlSession.Masked(line), StringComparison.Ordinal);
        await session.RunAsync("kubectl patch netpol web-allow --type=merge -p '{\"spec\":{\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}}}}'");
        Assert.StartsWith(after, KubectlSession.Masked(await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? ""), StringComparison.Ordinal);
        watch.Kill();
    }

    [Fact]
    public async Task Watching_only_shows_nothing_of_what_was_there()
    {
        await using var session = await KubectlSession.StartAsync(Path.Combine(Here, "Files"));
        await session.RunAsync("kubectl apply -f web-allow.yaml");
        using var watch = session.Start("exec kubectl get netpol --watch-only --no-headers");
        // It lists before it watches, and nothing tells when it does: a change that it may still miss is made until one is seen.
        var line = watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        for (var i = 0; !line.IsCompleted; i++)
            await session.RunAsync($"kubectl patch netpol web-allow --type=merge -p '{{\"spec\":{{\"podSelector\":{{\"matchLabels\":{{\"app\":\"db{i}\"}}}}}}}}'");
        Assert.Matches(@"^web-allow\s+app=db\d+", await line);
        watch.Kill();
    }

    [Fact]
    public async Task Waiting_for_a_deletion_ends_when_the_last_finalizer_goes()
    {
        await using var session = await KubectlSession.StartAsync(Path.Combine(Here, "Files"));
        await session.RunAsync("kubectl apply -f web-allow.yaml && kubectl patch netpol web-allow --type=merge -p '{\"metadata\":{\"finalizers\":[\"x/hold\"]}}'");
        using var deleting = session.Start("kubectl delete netpol web-allow --wait --timeout=20s");
        Assert.Contains("deleted", await deleting.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(deleting.HasExited);
        await session.RunAsync("kubectl patch netpol web-allow --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
        await deleting.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, deleting.ExitCode);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
