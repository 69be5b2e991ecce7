using System.Text.Json;

namespace Podwall.SystemTests.Packets;

/// <summary>Other people's tools must go on working beside the table.</summary>
[Collection(KernelCollection.Name)]
public sealed class ListingTests(Node node) : IDisposable
{
    public void Dispose() => node.Lift();

    [Theory]
    [InlineData("list ruleset")]
    [InlineData("list tables")]
    [InlineData("list sets")]
    [InlineData("list maps")]
    [InlineData("list chains")]
    [InlineData("-a list ruleset")]
    [InlineData("-s list ruleset")]
    [InlineData("-n list ruleset")]
    [InlineData("list table inet podwall")]
    [InlineData("list chain inet podwall v4_egress")]
    [InlineData("list map inet podwall pair_in")]
    public void Nft_lists_the_loaded_table(string arguments)
    {
        Sandbox.Require();
        node.Fill();
        Assert.NotEmpty(Sandbox.Command("nft", arguments.Split(' ')));
    }

    [Theory]
    [InlineData("-j list ruleset")]
    [InlineData("-j list table inet podwall")]
    [InlineData("-j list sets")]
    public void Nft_lists_the_loaded_table_as_json(string arguments)
    {
        Sandbox.Require();
        node.Fill();
        using var listed = JsonDocument.Parse(Sandbox.Command("nft", arguments.Split(' ')));
        Assert.Contains(listed.RootElement.GetProperty("nftables").EnumerateArray(), e => e.EnumerateObject().Any(o => o.Name is "set" or "map" or "rule"));
    }

    [Theory]
    [InlineData("iptables-nft")]
    [InlineData("ip6tables-nft")]
    public void The_iptables_of_nft_lists_its_own(string tool)
    {
        Sandbox.Require();
        Assert.SkipUnless(File.Exists($"/usr/sbin/{tool}-save"), $"there is no {tool}-save here; eng/setup installs it");
        node.Fill();
        Sandbox.Command(tool, ["-A", "FORWARD", "-p", "tcp", "--dport", "7", "-j", "ACCEPT"]);
        Assert.Contains("-A FORWARD -p tcp -m tcp --dport 7 -j ACCEPT", Sandbox.Command($"{tool}-save", []), StringComparison.Ordinal);
        Sandbox.Command(tool, ["-D", "FORWARD", "-p", "tcp", "--dport", "7", "-j", "ACCEPT"]);
        Sandbox.Command(tool, ["-X"]);
    }

    [Fact]
    public void Tables_of_others_are_left_alone()
    {
        Sandbox.Require();
        Sandbox.Command("nft", ["add table inet others { chain theirs { type filter hook forward priority 7; }; }"]);
        var before = Sandbox.Command("nft", ["list", "table", "inet", "others"]);
        node.Fill();
        Assert.Equal(before, Sandbox.Command("nft", ["list", "table", "inet", "others"]));
        Sandbox.Command("nft", ["delete", "table", "inet", "others"]);
    }
}
