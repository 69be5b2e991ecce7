namespace Podwall.Kubernetes;

/// <summary>Finds what somebody may have meant.</summary>
public static class Nearest
{
    /// <summary>The known name within two edits, capitals aside; none if nothing comes near.</summary>
    public static string? To(string name, IEnumerable<string> known) => known
        .Select(k => (Name: k, Distance: Distance(name.ToLowerInvariant(), k.ToLowerInvariant())))
        .Where(c => c.Distance <= (c.Name.Length <= 4 ? 1 : 2))
        .OrderBy(c => c.Distance)
        .Select(c => c.Name)
        .FirstOrDefault();

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2)
            return int.MaxValue;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var l = 1; l <= left.Length; l++)
        {
            (var diagonal, row[0]) = (row[0], l);
            for (var r = 1; r <= right.Length; r++)
                (diagonal, row[r]) = (row[r], Math.Min(Math.Min(row[r], row[r - 1]) + 1, diagonal + (left[l - 1] == right[r - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
