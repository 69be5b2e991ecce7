using System.Security.Cryptography;

namespace Podwall.Kubernetes.Following;

/// <summary>Delays that grow with each failure and shrink again after a quiet time, spread at random so that many agents do not come back at once.</summary>
internal sealed class Backoff(FollowOptions options, TimeProvider time)
{
    private int failures;
    private long last = time.GetTimestamp();

    /// <summary>Waits before the next attempt, at least as long as the server asked for.</summary>
    public Task FailAsync(TimeSpan? asked, CancellationToken cancellation)
    {
        if (time.GetElapsedTime(last) > 2 * options.LongestDelay)
            failures = 0;
        last = time.GetTimestamp();
        var longest = Math.Min(options.LongestDelay.TotalMilliseconds, options.FirstDelay.TotalMilliseconds * Math.Pow(2, failures));
        failures = Math.Min(failures + 1, 30);
        var delay = TimeSpan.FromMilliseconds(longest * (0.5 + RandomNumberGenerator.GetInt32(500_001) / 1e6));
        return Task.Delay(asked > delay ? asked.Value : delay, time, cancellation);
    }
}
