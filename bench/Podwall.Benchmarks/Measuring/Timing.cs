using System.Diagnostics;

namespace Podwall.Benchmarks.Measuring;

/// <summary>The repetitions of one measurement, in the order in which they ran.</summary>
public sealed record Timing(IReadOnlyList<TimeSpan> Runs)
{
    public TimeSpan Median => Runs.Order().ElementAt(Runs.Count / 2);

    public TimeSpan Min => Runs.Min();

    /// <summary>How far the repetitions lie apart, as a share of the median.</summary>
    public double Spread => (Runs.Max() - Runs.Min()) / Median;

    /// <summary>The same without the best and the worst of them.</summary>
    public double MiddleSpread => Runs.Count < 4 ? Spread : new Timing([.. Runs.Order().Skip(1).SkipLast(1)]).Spread;

    /// <summary>Runs an action until its code is compiled as far as it will be: for two seconds, and three times at least.</summary>
    public static void Warm(Action action)
    {
        var watch = Stopwatch.StartNew();
        for (var run = 0; run < 3 || watch.Elapsed < TimeSpan.FromSeconds(2); run++)
            action();
    }

    public static TimeSpan Of(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed;
    }

    public static async Task<TimeSpan> OfAsync(Func<Task> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return watch.Elapsed;
    }
}

/// <summary>A baseline and what is measured against it, taken in turns so that both see the same machine.</summary>
public sealed record Comparison(Timing Baseline, Timing Subject, int Attempts)
{
    public const int Repetitions = 5;
    public const double LargestSpread = 0.15;

    public double Ratio => Subject.Median / Baseline.Median;

    public bool IsSteady => Baseline.Spread <= LargestSpread;

    /// <summary>Repeats until the baseline is steady; the last attempt is returned as it is.</summary>
    public static Comparison Of(Func<TimeSpan> baseline, Func<TimeSpan> subject, int attempts)
    {
        for (var attempt = 1; ; attempt++)
        {
            List<TimeSpan> below = [], above = [];
            for (var i = 0; i < Repetitions; i++)
            {
                below.Add(baseline());
                Settle();
                above.Add(subject());
                Settle();
            }

            var comparison = new Comparison(new(below), new(above), attempt);
            if (comparison.IsSteady || attempt == attempts)
                return comparison;
        }
    }

    // Nobody pays for the garbage of the one before.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
