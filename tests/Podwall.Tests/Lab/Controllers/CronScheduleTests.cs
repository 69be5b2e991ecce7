using System.Globalization;
using Podwall.Lab.Controllers;

namespace Podwall.Tests.Lab.Controllers;

/// <summary>When cron jobs are due.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-11-22T22:16:22Z", "2026-11-22T22:17:00Z")]
    [InlineData("17 * * * *", "2026-11-22T22:17:00Z", "2026-11-22T23:17:00Z")]
    [InlineData("*/15 * * * *", "2026-11-22T22:16:22Z", "2026-11-22T22:30:00Z")]
    [InlineData("20/15 * * * *", "2026-11-22T22:36:00Z", "2026-11-22T22:50:00Z")]
    [InlineData("30 6 * * mon-fri", "2026-11-20T07:00:00Z", "2026-11-23T06:30:00Z")]
    [InlineData("0 0 13 * 5", "2026-11-22T22:16:22Z", "2026-11-27T00:00:00Z")]
    [InlineData("0 0 24 * 5", "2026-11-22T22:16:22Z", "2026-11-24T00:00:00Z")]
    [InlineData("0 12 1,15 JAN,Jul ?", "2026-11-22T22:16:22Z", "2027-01-01T12:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-11-22T22:16:22Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 30 2 *", "2026-11-22T22:16:22Z", null)]
    [InlineData("@weekly", "2026-11-22T22:16:22Z", "2026-11-29T00:00:00Z")]
    [InlineData("@hourly", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z")]
    public void The_next_time_is(string schedule, string after, string? expected)
    {
        Assert.Null(CronSchedule.TryParse(schedule, out var parsed));
        Assert.Equal(expected, parsed.After(Moment(after), TimeZoneInfo.Utc)?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_zone_has_a_clock_of_its_own()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("half", TimeSpan.FromMinutes(330), "half", "half");
        Assert.Null(CronSchedule.TryParse("0 6 * * *", out var schedule));
        Assert.Equal(Moment("2026-11-23T00:30:00Z"), schedule.After(Moment("2026-11-22T22:16:22Z"), zone));
    }

    [Theory]
    [InlineData("* * *", "expected exactly 5 fields, found 3: [* * *]")]
    [InlineData("60 * * * *", "'60' is no minute (0 to 59)")]
    [InlineData("* 5-3 * * *", "'5-3' is no hour (0 to 23)")]
    [InlineData("* * 0 * *", "'0' is no day of the month (1 to 31)")]
    [InlineData("* * * foo *", "'foo' is no month (1 to 12)")]
    [InlineData("*/0 * * * *", "'*/0' is no minute (0 to 59)")]
    [InlineData("* * * * 1/2/3", "'1/2/3' is no day of the week (0 to 6)")]
    [InlineData("1,,2 * * * *", "'' is no minute (0 to 59)")]
    [InlineData("@never", "expected one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly")]
    public void A_schedule_that_cannot_be_read_is_refused(string schedule, string problem) => Assert.Equal(problem, CronSchedule.TryParse(schedule, out _));

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
