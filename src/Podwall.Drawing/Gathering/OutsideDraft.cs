using Podwall.Drawing.Wording;
using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Drafts the world outside: one card for each set of addresses that some pod treats alike.</summary>
internal static class OutsideDraft
{
    public const string Name = "Outside the cluster";

    public static PlaceDraft Of(Unit[] units, BoardLimits limits)
    {
        if (units.Length > limits.OutsideCards)
            return new(Name, [], [new($"{units.Length} sets of addresses", "anywhere", units)]);
        // The widest set takes its name from the others, once there are any.
        var rest = units.Length == 1 ? null : units.MaxBy(u => u.Addresses.CountOf(IpFamily.V4) + (UInt128)u.Addresses.Ranges.Count(r => r.First.Family == IpFamily.V6));
        return new(Name, [], [.. units.OrderBy(u => u == rest).Select(u => new CardDraft(Text(u, u == rest), "", [u]))]);
    }

    private static string Text(Unit unit, bool isRest) => isRest
        ? "anywhere else"
        : AddressText.Of(unit.Addresses) ?? $"{Plural.Of(unit.Addresses.Ranges.Count(), "range")}, {unit.Addresses.Ranges.First()} and others";
}
