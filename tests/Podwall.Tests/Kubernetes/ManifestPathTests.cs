using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

public class ManifestPathTests
{
    private static readonly MemoryFiles Files = new(new Dictionary<string, string>
    {
        ["k8s/b.yaml"] = "",
        ["k8s/a.yml"] = "",
        ["k8s/README.md"] = "",
        ["k8s/.hidden/x.yaml"] = "",
        ["k8s/.gitlab-ci.yml"] = "",
        ["k8s/deep/scenario/cluster.yaml"] = "",
        ["k8s/deep/refused/bad.yaml"] = "",
        ["k8s/deep/values.yaml"] = "",
        ["k8s/deep/.podwallignore"] = "# not manifests\nrefused/\nval*.yaml\n",
        ["k8s/c.json"] = "",
        ["empty/notes.txt"] = "",
        ["charts/shop/Chart.yaml"] = "",
        ["charts/shop/templates/policy.yaml"] = "",
        ["charts/shop/crds/kind.yaml"] = "",
        ["charts/templates/policy.yaml"] = "",
    });

    [Theory]
    [InlineData("k8s", "k8s/a.yml k8s/b.yaml k8s/c.json k8s/deep/scenario/cluster.yaml")]
    [InlineData("k8s/", "k8s/a.yml k8s/b.yaml k8s/c.json k8s/deep/scenario/cluster.yaml")]
    [InlineData("k8s/README.md", "k8s/README.md")]
    [InlineData("k8s/deep/refused/bad.yaml", "k8s/deep/refused/bad.yaml")]
    [InlineData("k8s/*.y?ml", "k8s/b.yaml")]
    [InlineData("k8s/.gitlab-ci.yml", "k8s/.gitlab-ci.yml")]
    [InlineData("k8s/*", "k8s/a.yml k8s/b.yaml k8s/c.json k8s/deep/scenario/cluster.yaml")]
    [InlineData("k8s/**/cluster.yaml", "k8s/deep/scenario/cluster.yaml")]
    [InlineData("**/*.json", "k8s/c.json")]
    [InlineData("k8s/b.yaml k8s ./k8s/b.yaml", "k8s/b.yaml k8s/a.yml k8s/c.json k8s/deep/scenario/cluster.yaml")]
    [InlineData("charts", "charts/shop/crds/kind.yaml charts/templates/policy.yaml")]
    [InlineData("charts/shop/templates", "charts/shop/templates/policy.yaml")]
    [InlineData("- -", "stdin")]
    public void Paths_expand_to_files_once_and_in_order(string paths, string expected)
    {
        var sources = ManifestPaths.Expand(paths.Split(' '), Files);
        Assert.Equal(expected, string.Join(' ', sources.Select(s => s.Name)));
        Assert.DoesNotContain(sources, s => s.Fault is not null);
    }

    [Theory]
    [InlineData("k8s/d.yaml", "Did you mean k8s/b.yaml?")]
    [InlineData("k9s", "Did you mean k8s?")]
    [InlineData("nowhere/b.yaml", "nowhere does not exist")]
    [InlineData("k8s/*.toml", "'*' stands for")]
    [InlineData("empty", "Name the directory")]
    public void A_path_that_leads_nowhere_is_an_error_with_a_way_out(string path, string fix)
    {
        var error = ManifestReader.Read(ManifestPaths.Expand([path], Files)).OnlyError();
        Assert.Equal(DiagnosticCodes.Unreadable, error.Code);
        Assert.Contains(path, error.Message);
        Assert.Contains(fix, error.Fix);
    }

    [Fact]
    public void Standard_input_is_read()
    {
        var files = new MemoryFiles(new Dictionary<string, string>()) { StandardInput = Reading.PolicyHead + "spec: {}" };
        Assert.Equal("stdin:1:1", ManifestReader.Read(ManifestPaths.Expand(["-"], files)).PolicyObjects[0].Position.ToString());
    }

    [Fact]
    public void The_disk_is_read_the_same_way()
    {
        var folder = Directory.CreateTempSubdirectory("podwall");
        try
        {
            folder.CreateSubdirectory("inner");
            File.WriteAllText(Path.Combine(folder.FullName, "inner", "p.yaml"), Reading.PolicyHead + "spec: {}");
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "inner", "loop"), folder.FullName);
            var sources = ManifestPaths.Expand([folder.FullName], new DiskFiles(() => Stream.Null));
            Assert.Single(ManifestReader.Read(sources).PolicyObjects);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
