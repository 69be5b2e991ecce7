using Podwall.Policy;

namespace Podwall.Drawing.Wording;

/// <summary>Says a set of addresses as people write it: a few CIDR blocks, or a block with exceptions.</summary>
internal static class AddressText
{
    private const int Few = 3;

    /// <summary>The text, or null where it would take more than a few blocks.</summary>
    public static string? Of(AddressSet addresses)
    {
        if (addresses.Equals(AddressSet.Everything))
            return "anywhere";
        if (Blocks(addresses) is { } blocks)
            return string.Join(", ", blocks);
        if (Blocks(AddressSet.Everything.Except(addresses)) is { } missing)
            return $"anywhere except {string.Join(", ", missing)}";
        var perFamily = IpFamily.Both.Select(addresses.Of).Where(a => !a.IsEmpty).Select(OfFamily).ToArray();
        return perFamily.Contains(null) ? null : string.Join("; ", perFamily);
    }

    private static string? OfFamily(AddressSet addresses)
    {
        if (Blocks(addresses) is { } blocks)
            return string.Join(", ", blocks);
        var hull = AddressSet.Of(CidrBlocks.Around(addresses.Ranges.First().First, addresses.Ranges.Last().Last));
        return Blocks(hull.Except(addresses)) is { } missing ? $"{Blocks(hull)![0]} except {string.Join(", ", missing)}" : null;
    }

    private static string[]? Blocks(AddressSet addresses)
    {
        var blocks = addresses.Ranges.SelectMany(CidrBlocks.Of).Take(Few + 1).Select(Name).ToArray();
        return blocks.Length > Few ? null : blocks;
    }

    private static string Name(Cidr block) => !block.IsWholeFamily ? block.ToString() : $"any {block.Family}";
}
