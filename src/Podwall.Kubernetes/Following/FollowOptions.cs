namespace Podwall.Kubernetes.Following;

/// <summary>How patiently a cluster is followed.</summary>
public sealed record FollowOptions
{
    public static FollowOptions Default { get; } = new();

    /// <summary>
    /// After this, a revision that is not synced is given with what is known; null waits for as long as it takes.
    /// </summary>
    public TimeSpan? SyncDeadline { get; init; }

    /// <summary>Objects a page, where the server cannot stream a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long the server may keep one watch; each takes between this and twice as long, so that agents spread.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch on which nothing comes for so long, not even a bookmark (sent every minute), is dead.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>After a change for which it had to wait, a kind is read again only after this, and what came meanwhile all at once: ten small readings cost ten times one.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.Zero;

    /// <summary>The first delay after a failure is at most this; each further one at most twice the last.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);
}
