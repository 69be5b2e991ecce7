namespace Podwall.Policy.Linting;

/// <summary>Turns of phrase that the rules share.</summary>
internal static class Wording
{
    public static string Word(this Direction direction) => direction == Direction.Ingress ? "ingress" : "egress";

    public static string Field(this Direction direction) => $"spec.{direction.Word()}";

    public static Direction Opposite(this Direction direction) => direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;

    public static IEnumerable<Direction> Both => [Direction.Ingress, Direction.Egress];

    /// <summary>A few names, and how many more there are.</summary>
    public static string Few(IEnumerable<string> names, int most = 3)
    {
        string[] all = [.. names.Distinct(StringComparer.Ordinal)];
        return all.Length <= most ? string.Join(", ", all) : $"{string.Join(", ", all.Take(most))} and {all.Length - most} more";
    }

    public static string Few(IEnumerable<Pod> pods, int most = 3) => Few(pods.Select(p => p.Workload.ToString()), most);

    /// <summary>What a selector asks for: <c>has app: web</c>, or all of it where that would not read.</summary>
    public static string Wanted(Selector selector) => selector.Requirements.All(r => r is Requirement.OneOf)
        ? $"has {string.Join(" and ", selector.Requirements)}"
        : $"satisfies {selector}";

    public static string Plural(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
