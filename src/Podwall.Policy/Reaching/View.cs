namespace Podwall.Policy.Reaching;

/// <summary>The classes that have, or may have, an address of one family, and those of them that no egress policy isolates.</summary>
internal sealed class View(IpFamilies family, BitRow present, BitRow free)
{
    public IpFamilies Family { get; } = family;

    public BitRow Present { get; } = present;

    public BitRow Free { get; } = free;
}
