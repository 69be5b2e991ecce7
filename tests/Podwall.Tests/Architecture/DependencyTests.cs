using System.Xml.Linq;

namespace Podwall.Tests.Architecture;

/// <summary>The table of docs/architecture.md: what each project may use.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData("Podwall.Policy")]
    [InlineData("Podwall.Kubernetes", "Podwall.Policy")]
    [InlineData("Podwall.Drawing", "Podwall.Policy")]
    [InlineData("Podwall.Nftables", "Podwall.Policy")]
    [InlineData("Podwall.Agent", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Nftables")]
    [InlineData("Podwall.AgentHost", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Nftables", "Podwall.Agent")]
    [InlineData("Podwall.Lab", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Nftables")]
    [InlineData("Podwall.Explorer", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Drawing")]
    [InlineData("Podwall.Web", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Drawing", "Podwall.Explorer")]
    [InlineData("Podwall.Site", "Podwall.Web")]
    [InlineData("Podwall.Cli", "Podwall.Policy", "Podwall.Kubernetes", "Podwall.Drawing", "Podwall.AgentHost", "Podwall.Lab", "Podwall.Explorer")]
    public void A_project_references_only_what_it_may(string project, params string[] allowed)
    {
        var references = Items(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')));
        Assert.Subset(allowed.ToHashSet(), references.ToHashSet());
    }

    [Theory]
    [InlineData("Podwall.Policy")]
    [InlineData("Podwall.Drawing")]
    [InlineData("Podwall.Nftables")]
    public void The_pure_projects_use_no_package(string project) => Assert.Empty(Items(project, "PackageReference"));

    [Fact]
    public void Every_project_is_in_the_table()
    {
        var table = File.ReadAllText(Checkout.At("docs", "architecture.md"));
        foreach (var project in Directory.EnumerateDirectories(Checkout.At("src")).Select(Path.GetFileName))
            Assert.Contains($"| `src/{project}` |", table);
    }

    [Fact]
    public void The_engine_does_no_input_or_output()
    {
        string[] banned = ["System.IO", "System.Net.Http", "System.Net.Sockets.Socket", "System.Diagnostics.Process", "DateTime", "Console."];
        foreach (var file in Directory.EnumerateFiles(Checkout.At("src", "Podwall.Policy"), "*.cs", SearchOption.AllDirectories))
            Assert.DoesNotContain(banned, word => File.ReadAllText(file).Contains(word));
    }

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument.Load(Checkout.At("src", project, $"{project}.csproj")).Descendants(item).Select(i => (string)i.Attribute("Include")!);
}
