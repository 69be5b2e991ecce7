using CsCheck;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>The laws of the sets that every exact answer is made of, and their agreement with membership.</summary>
public sealed class SetAlgebraTests
{
    private static readonly Gen<PortSet> Ports =
        Gen.Select(Gen.UShort[0, 40], Gen.UShort[0, 12]).Array[0, 6].Select(runs => PortSet.Of(runs.Select(r => new PortRange(r.Item1, (ushort)(r.Item1 + r.Item2)))));

    private static readonly Gen<Address> Address =
        Gen.Select(Gen.Bool, Gen.Int[0, 60]).Select((isV6, n) => Podwall.Policy.Address.Parse(isV6 ? $"fd00::{n:x}" : $"10.0.0.{n}"));

    private static readonly Gen<AddressSet> Addresses =
        Gen.Select(Address, Gen.Int[24, 32]).Array[0, 5].Select(blocks => AddressSet.Of(blocks.Select(b => Cidr.Parse($"{b.Item1}/{(b.Item1.Family == IpFamily.V4 ? b.Item2 : b.Item2 + 96)}").Range)));

    private static readonly Gen<Traffic> Traffics = Gen.Select(Ports, Ports, Ports, Gen.Bool).Select((t, u, s, p) => new Traffic(t, u, s, p));

    [Fact]
    public void Port_sets_obey_the_laws() => Gen.Select(Ports, Ports, Ports).Sample((a, b, c) =>
        Laws(a, b, c, (x, y) => x.Union(y), (x, y) => x.Intersect(y), (x, y) => x.Except(y), PortSet.Empty), iter: Effort.Times(5000));

    [Fact]
    public void Address_sets_obey_the_laws() => Gen.Select(Addresses, Addresses, Addresses).Sample((a, b, c) =>
        Laws(a, b, c, (x, y) => x.Union(y), (x, y) => x.Intersect(y), (x, y) => x.Except(y), AddressSet.Empty), iter: Effort.Times(5000));

    [Fact]
    public void Traffic_obeys_the_laws() => Gen.Select(Traffics, Traffics, Traffics).Sample((a, b, c) =>
        Laws(a, b, c, (x, y) => x.Union(y), (x, y) => x.Intersect(y), (x, y) => x.Except(y), Traffic.None), iter: Effort.Times(5000));

    [Fact]
    public void A_port_is_in_a_union_if_it_is_in_a_part() => Gen.Select(Ports, Ports, Gen.Int[0, 60]).Sample((a, b, port) =>
    {
        Assert.Equal(a.Contains(port) || b.Contains(port), a.Union(b).Contains(port));
        Assert.Equal(a.Contains(port) && b.Contains(port), a.Intersect(b).Contains(port));
        Assert.Equal(a.Contains(port) && !b.Contains(port), a.Except(b).Contains(port));
    }, iter: Effort.Times(5000));

    [Fact]
    public void An_address_is_in_a_union_if_it_is_in_a_part() => Gen.Select(Addresses, Addresses, Address).Sample((a, b, address) =>
    {
        Assert.Equal(a.Contains(address) || b.Contains(address), a.Union(b).Contains(address));
        Assert.Equal(a.Contains(address) && b.Contains(address), a.Intersect(b).Contains(address));
        Assert.Equal(a.Contains(address) && !b.Contains(address), a.Except(b).Contains(address));
    }, iter: Effort.Times(5000));

    [Fact]
    public void Ranges_are_sorted_and_never_touch() => Gen.Select(Ports, Addresses).Sample((ports, addresses) =>
    {
        Assert.All(ports.Ranges.Zip(ports.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        Assert.All(addresses.Ranges.Zip(addresses.Ranges.Skip(1)), pair => Assert.True(pair.First.Last < pair.Second.First));
    });

    [Fact]
    public void The_ends_of_the_address_space_are_no_obstacle()
    {
        var upper = AddressSet.Of(Cidr.Parse("128.0.0.0/1")).Union(AddressSet.Of(Cidr.Parse("::/1")));
        Assert.Equal(2, upper.Ranges.Count());
        Assert.Equal("0.0.0.0-127.255.255.255, 8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AddressSet.Everything.Except(upper).ToString());
        Assert.Equal(AddressSet.Everything, AddressSet.Everything.Except(upper).Union(upper));
        Assert.True(AddressSet.Everything.Except(AddressSet.Everything).IsEmpty);
    }

    private static void Laws<T>(T a, T b, T c, Func<T, T, T> or, Func<T, T, T> and, Func<T, T, T> without, T none)
    {
        Assert.Equal(or(a, b), or(b, a));
        Assert.Equal(and(a, b), and(b, a));
        Assert.Equal(or(a, or(b, c)), or(or(a, b), c));
        Assert.Equal(and(a, or(b, c)), or(and(a, b), and(a, c)));
        Assert.Equal(without(a, or(b, c)), and(without(a, b), without(a, c)));
        Assert.Equal(a, or(and(a, b), without(a, b)));
        Assert.Equal(a, or(a, none));
        Assert.Equal(none, and(a, none));
        Assert.Equal(none, without(a, a));
        Assert.Equal(a, or(a, a));
    }
}
