namespace Podwall.Lab.Controllers;

/// <summary>What failed, and when it is tried again: later each time.</summary>
internal sealed class Retries(Action<string> log)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (TimeSpan Delay, DateTimeOffset Next)> failed = new(StringComparer.Ordinal);

    public DateTimeOffset? WaitsUntil(string subject) => failed.TryGetValue(subject, out var last) ? last.Next : null;

    public void Succeeded(string subject) => failed.Remove(subject);

    public DateTimeOffset Failed(string subject, Exception failure, DateTimeOffset now)
    {
        var delay = failed.TryGetValue(subject, out var last) ? last.Delay * 2 : First;
        delay = delay < Longest ? delay : Longest;
        failed[subject] = (delay, now + delay);
        log($"{subject}: {failure.Message}");
        return now + delay;
    }
}
