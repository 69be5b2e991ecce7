using Podwall.Policy;

namespace Podwall.Cli.Output;

/// <summary>Sets of addresses as a person says them.</summary>
internal static class AddressText
{
    private const int MostRanges = 4;

    public static string Of(AddressSet addresses)
    {
        if (addresses.Equals(AddressSet.Everything))
            return "every address";
        var parts = IpFamily.Both.Select(f => (Family: f, Set: addresses.Of(f))).Where(p => !p.Set.IsEmpty)
            .SelectMany(p => p.Set.Equals(AddressSet.Of([p.Family.Everything])) ? [$"every {p.Family} address"] : p.Set.Ranges.Select(Of)).ToArray();
        return parts.Length <= MostRanges ? string.Join(", ", parts) : $"{string.Join(", ", parts.Take(MostRanges))} and {parts.Length - MostRanges} more ranges";
    }

    private static string Of(AddressRange range) =>
        range.First == range.Last ? $"{range.First}" : range.AsBlock() is { } block ? $"{block}" : $"{range}";
}
