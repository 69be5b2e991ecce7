using Podwall.Policy;

namespace Podwall.Explorer;

/// <summary>What two versions of a cluster allow differently, a line for each difference.</summary>
internal static class ChangeLines
{
    private const int Most = 1_000;

    public static ChangesAnswer Of(Compiled before, Compiled after)
    {
        var diff = ReachDiff.Between(Connectivity.Of(before), Connectivity.Of(after));
        ChangeLine[] lines =
        [
            .. diff.Changes.SelectMany(c => c.From.Select(f => Line($"{f}", $"{c.To}", c.Added, c.Removed, c.OnlyOver)))
                .Concat(diff.Outside.Select(o => o.Direction == Direction.Ingress
                    ? Line(Addresses(o.Addresses), $"{o.Pods}", o.Added, o.Removed, null)
                    : Line($"{o.Pods}", Addresses(o.Addresses), o.Added, o.Removed, null))),
        ];
        return new("", [.. lines.Take(Most)], [.. diff.OnlyBefore.Select(p => $"{p}")], [.. diff.OnlyAfter.Select(p => $"{p}")]) { Omitted = Math.Max(0, lines.Length - Most) };
    }

    private static ChangeLine Line(string from, string to, Traffic added, Traffic removed, IpFamily? only) =>
        new(from, to, Text(added, only), Text(removed, only));

    private static string Text(Traffic traffic, IpFamily? only) => traffic.IsNone ? "" : only is null ? $"{traffic}" : $"{traffic} over {only} only";

    private static string Addresses(AddressSet addresses) => addresses.Equals(AddressSet.Everything) ? "anywhere outside" : $"outside: {addresses}";
}
