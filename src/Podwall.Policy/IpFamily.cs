namespace Podwall.Policy;

/// <summary>IPv4 or IPv6: what differs between them is a value here, so that both take one road.</summary>
public sealed record IpFamily
{
    private readonly string name;

    private IpFamily(string name, int bits, int order) => (this.name, Bits, Order) = (name, bits, order);

    public static IpFamily V4 { get; } = new("IPv4", 32, 0);

    public static IpFamily V6 { get; } = new("IPv6", 128, 1);

    public static ValueList<IpFamily> Both { get; } = [V4, V6];

    /// <summary>The length of an address, in bits.</summary>
    public int Bits { get; }

    /// <summary>0 for IPv4 and 1 for IPv6: where the family sorts.</summary>
    public int Order { get; }

    internal UInt128 Highest => Bits == 128 ? UInt128.MaxValue : (UInt128.One << Bits) - 1;

    /// <summary>Every address of the family.</summary>
    public AddressRange Everything => new(new Address(this, 0), new Address(this, Highest));

    public override string ToString() => name;
}
