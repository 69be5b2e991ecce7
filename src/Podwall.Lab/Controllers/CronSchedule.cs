using System.Globalization;

namespace Podwall.Lab.Controllers;

/// <summary>
/// When a cron job is due: five fields, as <c>crontab(5)</c> describes them, or <c>@daily</c> and the like. Where both the day
/// of the month and that of the week are said, either is enough.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private static readonly (string Name, int First, int Last, string[] Words)[] Fields =
    [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day of the month", 1, 31, []),
        ("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        ("day of the week", 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    // No date lies further apart than two 29ths of February around a year without one.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(8 * 366);

    private readonly ulong[] sets;
    private readonly bool isEitherDay;

    private CronSchedule(ulong[] sets, bool isEitherDay) => (this.sets, this.isEitherDay) = (sets, isEitherDay);

    /// <summary>What is wrong with a schedule; null where nothing is.</summary>
    public static string? TryParse(string text, out CronSchedule schedule)
    {
        schedule = null!;
        if (text.StartsWith('@') && !Short.TryGetValue(text, out text!))
            return $"expected one of {string.Join(", ", Short.Keys)}";
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Length)
            return $"expected exactly {Fields.Length} fields, found {parts.Length}: [{string.Join(' ', parts)}]";
        var sets = new ulong[Fields.Length];
        foreach (var (i, part) in parts.Index())
            foreach (var range in part.Split(','))
            {
                if (SetOf(range, i) is not { } set)
                    return $"'{range}' is no {Fields[i].Name} ({Fields[i].First} to {Fields[i].Last})";
                sets[i] |= set;
            }

        schedule = new(sets, !IsAny(parts[2]) && !IsAny(parts[4]));
        return null;
    }

    /// <summary>The first time after a moment, by the clock of a zone; null where there is none, as on the 30th of February.</summary>
    public DateTimeOffset? After(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var next = new DateTimeOffset(moment.UtcTicks - moment.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero).AddMinutes(1);
        while (next - moment < Furthest)
        {
            var there = TimeZoneInfo.ConvertTime(next, zone);
            if (!IsOn(there))
                next = next.AddMinutes(60 * (23 - there.Hour) + 60 - there.Minute);
            else if (!Has(1, there.Hour))
                next = next.AddMinutes(60 - there.Minute);
            else if (!Has(0, there.Minute))
                next = next.AddMinutes(1);
            else
                return next;
        }

        return null;
    }

    private bool IsOn(DateTimeOffset day)
    {
        var (isOfMonth, isOfWeek) = (Has(2, day.Day), Has(4, (int)day.DayOfWeek));
        return Has(3, day.Month) && (isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek);
    }

    private bool Has(int field, int value) => (sets[field] >> value & 1) == 1;

    private static bool IsAny(string part) => part is "*" or "?";

    // 5, mon, 1-5, 1-5/2, 10/15 (from 10 on), * and */15.
    private static ulong? SetOf(string range, int field)
    {
        var (_, first, last, words) = Fields[field];
        var parts = range.Split('/');
        var step = 1;
        if (parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0)))
            return null;
        var (low, high) = parts[0].Split('-') switch
        {
            ["*" or "?"] => (first, last),
            [var one] => (NumberOf(one), parts.Length == 2 ? last : NumberOf(one)),
            [var one, var other] => (NumberOf(one), NumberOf(other)),
            _ => (-1, -1),
        };
        if (low < first || high > last || low > high)
            return null;
        var set = 0UL;
        for (var value = low; value <= high; value += step)
            set |= 1UL << value;
        return set;

        int NumberOf(string text) =>
            Array.IndexOf(words, text.ToLowerInvariant()) is >= 0 and var word ? first + word : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }
}
