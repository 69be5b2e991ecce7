using System.Collections.Immutable;

namespace Podwall.Lab.Store;

/// <summary>
/// One kind's objects and its recent history. Watchers read the history by number, each at its own pace, so that a slow one
/// costs nothing; what it has not read when it is forgotten, it must read anew. Guarded by the store's lock.
/// </summary>
/// <param name="capacity">Changes that are kept.</param>
/// <param name="first">The version before which nothing was ever known.</param>
internal sealed class ResourceTable(int capacity, ulong first)
{
    // The event of a number lies at the number modulo the capacity.
    private readonly StoreEvent?[] history = new StoreEvent?[capacity];
    private ImmutableList<StoredObject> atStart = [];
    private long firstEvent;
    private TaskCompletionSource changed = NewSignal();

    public ImmutableList<StoredObject> Objects { get; private set; } = [];

    /// <summary>The number of the event that comes next.</summary>
    public long NextEvent { get; private set; }

    /// <summary>The last version of which nothing is known but the result; changes up to it are forgotten.</summary>
    public ulong Forgotten { get; private set; } = first;

    /// <summary>Completes with the next change.</summary>
    public Task Changed => changed.Task;

    private StoreEvent this[long number] => history[number % capacity]!;

    public void Append(StoreEvent change)
    {
        if (NextEvent - firstEvent == capacity)
            ForgetFirst();
        history[NextEvent % capacity] = change;
        (Objects, NextEvent) = (change.All, NextEvent + 1);
        var signal = changed;
        changed = NewSignal();
        signal.SetResult();
    }

    public void ForgetUpTo(ulong version)
    {
        while (firstEvent < NextEvent && this[firstEvent].Version <= version)
            ForgetFirst();
        Forgotten = Math.Max(Forgotten, version);
    }

    /// <summary>The events from a number on, as many as there are.</summary>
    /// <exception cref="ForgottenException">Some were forgotten.</exception>
    public StoreEvent[] Read(long from)
    {
        if (from < firstEvent)
            throw new ForgottenException(Forgotten);
        var events = new StoreEvent[Math.Max(0, NextEvent - from)];
        for (var i = 0; i < events.Length; i++)
            events[i] = this[from + i];
        return events;
    }

    /// <summary>The number of the first event after a version.</summary>
    /// <exception cref="ForgottenException">Events after it were forgotten.</exception>
    public long EventAfter(ulong version)
    {
        if (version < Forgotten)
            throw new ForgottenException(Forgotten);
        var (low, high) = (firstEvent, NextEvent);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (this[middle].Version <= version)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>All objects as they were at a version.</summary>
    /// <exception cref="ForgottenException">That is no longer known.</exception>
    public ImmutableList<StoredObject> At(ulong version) =>
        EventAfter(version) is var next && next > firstEvent ? this[next - 1].All : atStart;

    private void ForgetFirst()
    {
        var gone = this[firstEvent];
        history[firstEvent % capacity] = null;
        (atStart, Forgotten) = (gone.All, Math.Max(Forgotten, gone.Version));
        firstEvent++;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A version is older than the history that is kept; <paramref name="oldest"/> is the first that is not.</summary>
public sealed class ForgottenException(ulong oldest) : Exception($"versions before {oldest} are forgotten")
{
    public ulong Oldest => oldest;
}
