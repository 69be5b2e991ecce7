using Podwall.Policy;

namespace Podwall.Tests.Policy;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("010.001.000.000/16", "10.1.0.0/16")]
    [InlineData("1.2.3.4/0", "0.0.0.0/0")]
    [InlineData("::ffff:10.1.2.3/104", "10.0.0.0/8")]
    [InlineData("::ffff:10.1.2.3/128", "10.1.2.3/32")]
    [InlineData("2001:DB8:0:0::5/64", "2001:db8::/64")]
    [InlineData("::/0", "::/0")]
    public void A_block_is_read_as_the_API_server_reads_it(string written, string means) => Assert.Equal(means, $"{Cidr.Parse(written)}");

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.256/32")]
    [InlineData("0xa.0.0.0/8")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[2001:db8::]/64")]
    [InlineData("99999999999999999999.0.0.0/8")]
    [InlineData("10.0.0.0/99999999999999999999")]
    [InlineData("")]
    public void What_is_no_block_is_refused(string written) => Assert.False(Cidr.TryParse(written, out _));

    [Theory, InlineData("10.11.12.13", 32), InlineData("2001:db8:1:2:3:4:5:6", 128)]
    public void A_block_of_every_prefix_holds_its_own_addresses_and_no_others(string address, int bits)
    {
        var inside = Address.Parse(address);
        for (var prefix = 0; prefix <= bits; prefix++)
        {
            var block = Cidr.Parse($"{address}/{prefix}");
            Assert.Equal(prefix, block.PrefixLength);
            Assert.EndsWith($"/{prefix}", $"{block}");
            Assert.True(block.Contains(inside));
            Assert.Equal(prefix == bits, block.Range.First == block.Range.Last);
            Assert.Equal(block, Cidr.Parse($"{block}"));
            Assert.Equal(block, block.Range.AsBlock());
            // The neighbour block differs in the last bit of the prefix, so it holds none of these addresses.
            if (prefix > 0)
            {
                var halves = AddressSet.Of(Cidr.Parse($"{address}/{prefix - 1}")).Except(AddressSet.Of(block));
                Assert.Equal(AddressSet.Of(block).CountOf(block.Family), halves.CountOf(block.Family));
                Assert.False(halves.Contains(inside));
            }
        }
    }

    [Fact]
    public void A_range_that_is_no_block_is_none()
    {
        Assert.Null(new AddressRange(Address.Parse("10.0.0.1"), Address.Parse("10.0.0.2")).AsBlock());
        Assert.Null(new AddressRange(Address.Parse("10.0.0.0"), Address.Parse("10.0.0.2")).AsBlock());
        Assert.Null(new AddressRange(Address.Parse("fd00::4"), Address.Parse("fd00::b")).AsBlock());
    }

    [Fact]
    public void Families_never_mix()
    {
        Assert.False(Cidr.Parse("::/0").Contains(Address.Parse("10.0.0.1")));
        Assert.False(Cidr.Parse("0.0.0.0/0").Contains(Address.Parse("fd00::1")));
        Assert.Equal(IpFamily.V4, Address.Parse("::ffff:10.0.0.1").Family);
    }

    [Fact]
    public void A_range_that_runs_backwards_is_never_born()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(2, 1));
        Assert.Throws<ArgumentException>(() => new AddressRange(Address.Parse("10.0.0.2"), Address.Parse("10.0.0.1")));
        Assert.Throws<ArgumentException>(() => new AddressRange(Address.Parse("10.0.0.2"), Address.Parse("fd00::1")));
    }

    [Fact]
    public void NotIn_and_DoesNotExist_hold_for_what_lacks_the_key()
    {
        var bare = Labels.None;
        Assert.True(new Requirement.NoneOf("app", ["web"]).Holds(bare));
        Assert.True(new Requirement.Absent("app").Holds(bare));
        Assert.False(new Requirement.OneOf("app", [""]).Holds(bare));
        Assert.False(new Requirement.Present("app").Holds(bare));
        Assert.True(new Requirement.OneOf("app", [""]).Holds(Labels.Of(("app", ""))));
    }

    [Fact]
    public void Equal_sets_of_terms_are_equal_selectors()
    {
        Requirement web = new Requirement.OneOf("app", ["web"]), db = new Requirement.Present("db");
        Assert.Equal(Selector.Of(web, db), Selector.Of(db, web, web));
        Assert.Equal(Selector.Of(web, db).GetHashCode(), Selector.Of(db, web).GetHashCode());
        Assert.NotEqual(Selector.Of(web), Selector.Of(db));
    }

    [Fact]
    public void A_namespace_always_carries_its_name()
    {
        var block = new NamespaceBlock("prod", Labels.Of((NamespaceBlock.NameLabel, "other")), [], []);
        Assert.Equal("prod", block.Labels[NamespaceBlock.NameLabel]);
        Assert.Equal("prod", block.With(labels: Labels.None).Labels[NamespaceBlock.NameLabel]);
    }

    [Fact]
    public void A_forgotten_verdict_is_a_denial()
    {
        Assert.Equal(Verdict.Deny, default);
        Assert.False(default(FlowDecision).IsAllowed);
    }
}
