namespace Podwall.Tests.Cli;

/// <summary><c>podwall suggest --write</c>: all policies, or none.</summary>
public sealed class SuggestedFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-suggest").FullName;

    private string Target => Path.Combine(folder, "policies");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_policy_has_its_file(bool isThere)
    {
        if (isThere)
            Directory.CreateDirectory(Path.Combine(Target, "apps"));
        var run = await SuggestAsync();
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["apps/allow-dns.yaml", "apps/default-deny.yaml"], Files().Intersect(["apps/allow-dns.yaml", "apps/default-deny.yaml"]));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(folder));
        var same = await CliRun.Of("equivalent", "-f", "k8s/tiers/stack/scenario", Target, Target);
        Assert.Equal(0, same.Code);
        Assert.Equal(0, (await CliRun.Of("validate", "-f", Target)).Code);
    }

    [Fact]
    public async Task What_stands_in_the_way_of_one_keeps_all_from_being_written()
    {
        // A file where the folder of a namespace would be, after others were moved.
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "other"), "mine", TestContext.Current.CancellationToken);
        var flows = Path.Combine(folder, "flows.jsonl");
        await File.WriteAllTextAsync(flows, "{\"from\":\"apps/frontend\",\"to\":\"apps/backend\",\"protocol\":\"TCP\",\"port\":8080}\n{\"from\":\"other/frontend\",\"to\":\"other/backend\",\"protocol\":\"TCP\",\"port\":8080}\n", TestContext.Current.CancellationToken);
        var run = await CliRun.Of("suggest", "-f", "k8s/tiers/stack/scenario", "--flows", flows, "--write", Target);
        Assert.Equal(2, run.Code);
        Assert.Contains("Nothing was written.", run.Error, StringComparison.Ordinal);
        Assert.Equal(["other"], Files());
        Assert.Equal(["other"], Directory.EnumerateFileSystemEntries(Target).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten()
    {
        Directory.CreateDirectory(Path.Combine(Target, "apps"));
        await File.WriteAllTextAsync(Path.Combine(Target, "apps", "default-deny.yaml"), "mine", TestContext.Current.CancellationToken);
        var run = await SuggestAsync();
        Assert.Equal(2, run.Code);
        Assert.Contains("is there already", run.Error, StringComparison.Ordinal);
        Assert.Equal(["apps/default-deny.yaml"], Files());
    }

    private Task<CliRun> SuggestAsync() => CliRun.Of("suggest", "-f", "k8s/tiers/stack/scenario", "--flows", "docs/examples/observed.jsonl", "--write", Target);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Target, f)).Order(StringComparer.Ordinal);
}
