namespace Podwall.Policy;

/// <summary>An inclusive run of ports; <c>80</c> is a single port. The default is port 0 alone.</summary>
public readonly record struct PortRange
{
    /// <exception cref="ArgumentOutOfRangeException">The last port lies before the first.</exception>
    public PortRange(ushort first, ushort last) => (First, Last) = first <= last
        ? (first, last)
        : throw new ArgumentOutOfRangeException(nameof(last), $"{last} lies before {first}.");

    /// <summary>Ports 1 to 65535: every port that traffic can be sent to.</summary>
    public static PortRange All { get; } = new(1, ushort.MaxValue);

    public ushort First { get; }

    public ushort Last { get; }

    public int Count => Last - First + 1;

    public bool Contains(int port) => port >= First && port <= Last;

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
