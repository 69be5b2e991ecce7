using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Podwall.Kubernetes.Client;

namespace Podwall.Kubernetes.Following;

/// <summary>What a change does to the cluster's state.</summary>
internal delegate void Change(ClusterState state);

/// <summary>What the objects of one kind do to the cluster's state.</summary>
internal sealed record Effects<T>(Action<ClusterState, Decoded<T>> Put, Action<ClusterState, ObjectKey> Remove, Func<ClusterState, IEnumerable<ObjectKey>> Known);

/// <summary>
/// Follows one kind for ever: reads all of it, then watches, and starts again where that is the only way to be sure. Only a
/// complete reading replaces what is known, so that a failure never takes anything away.
/// </summary>
internal sealed class ResourceFollower<T>(
    ApiClient client, ResourceType type, Decode<T> decode, Effects<T> effects, FollowOptions options, TimeProvider time, ChannelWriter<Change[]> changes) : IResourceFollower
{
    // Changes read without a wait that are handed on together.
    private const int MostPending = 256;

    private readonly Backoff backoff = new(options, time);
    private readonly List<Change> pending = [];
    private ApiException? fault;

    // All that was read so far, while the first events of a watch still arrive.
    private Dictionary<ObjectKey, Decoded<T>>? initial;
    private bool streamsLists = true;

    // Where a watch goes on from; null where everything must be read anew.
    private string? version;
    private bool isProgressing;

    public ResourceType Type => type;

    public ApiException? Fault => Volatile.Read(ref fault);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var failure = await AttemptAsync(cancellation);
            Volatile.Write(ref fault, failure);
            if (failure is { IsExpired: true })
                version = null;
            if (!isProgressing || failure is { IsExpired: false })
                await backoff.FailAsync(failure?.RetryAfter, cancellation);
        }
    }

    // Ends with null where a watch ended as it should, and with what went wrong otherwise.
    private async Task<ApiException?> AttemptAsync(CancellationToken cancellation)
    {
        isProgressing = false;
        try
        {
            if (version is not null && await HasGoneBackAsync(version, cancellation))
                version = null;
            if (version is null && !streamsLists)
                await ListAsync(cancellation);
            await WatchAsync(cancellation);
            return null;
        }
        catch (ApiException refused) when (version is null && streamsLists && refused.StatusCode is 400 or 422)
        {
            // A server without WatchList (KEP-3157) refuses its parameters.
            streamsLists = false;
            return await AttemptAsync(cancellation);
        }
        catch (ApiException failure)
        {
            return failure;
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException or IOException)
        {
            return ApiException.BrokenBody(client.Access, broken);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ApiException.TimedOut(client.Access, $"nothing came on a watch of {type} for {options.IdleLimit.TotalSeconds:0} s");
        }
        finally
        {
            initial = null;
        }
    }

    /// <summary>Whether the server's history is older than what we saw: it was restored, and would keep silent until it caught up.</summary>
    private async Task<bool> HasGoneBackAsync(string seen, CancellationToken cancellation)
    {
        await using var body = await client.OpenAsync($"{type.Path()}?limit=1", cancellation: cancellation);
        var list = await ListReader.ReadAsync(body.Stream, _ => { }, cancellation);
        return IsBefore(list.ResourceVersion, seen);
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        List<Decoded<T>> all = [];
        var read = await Pages.ReadAsync(client, type, options.PageSize, json => all.Add(decode(json)), cancellation);
        Replace(all);
        version = read;
        await FlushAsync(cancellation);
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        initial = version is null ? [] : null;
        var from = version is null ? "sendInitialEvents=true&resourceVersionMatch=NotOlderThan" : $"resourceVersion={Uri.EscapeDataString(version)}";
        var seconds = options.WatchTimeout.TotalSeconds;
        var timeout = (int)Math.Max(1, seconds + seconds * RandomNumberGenerator.GetInt32(1000) / 1000);
        var started = time.GetTimestamp();
        await using var body = await client.OpenAsync($"{type.Path()}?watch=true&allowWatchBookmarks=true&{from}&timeoutSeconds={timeout}", cancellation: cancellation);
        using CancellationTokenSource idle = new(options.IdleLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellation);
        WatchFrames frames = new();
        ByteFeed feed = new(body.Stream);
        try
        {
            for (var hasWaited = false; ;)
            {
                if (hasWaited && initial is null)
                {
                    await FlushAsync(cancellation);
                    await Task.Delay(options.Pace, time, cancellation);
                }

                var filling = feed.FillAsync(either.Token);
                hasWaited = !filling.IsCompleted;
                if (hasWaited || pending.Count >= MostPending)
                    await FlushAsync(cancellation);
                if (!await filling)
                    break;
                // Where the thread that waits for sockets goes on here itself, all of a kind would keep the others waiting.
                if (hasWaited && initial is not null)
                    await Task.Yield();
                idle.CancelAfter(options.IdleLimit);
                feed.Consume(frames.Advance(feed.Unread, Take));
            }
        }
        finally
        {
            await FlushAsync(cancellation);
        }

        // A server that ends every watch at once must not be asked in a loop.
        isProgressing |= time.GetElapsedTime(started) > TimeSpan.FromSeconds(1);
        if (initial is not null)
            throw new InvalidDataException("the first events of the watch ended in the middle");
    }

    private void Take(ReadOnlySpan<byte> json)
    {
        var found = WatchEvent.Parse(json);
        switch (found.Type)
        {
            case WatchEventType.Error:
                throw ApiException.FromStatus(client.Access, JsonSerializer.Deserialize(found.Object, ApiStatus.JsonType)!);
            case WatchEventType.Bookmark:
                TakeBookmark(Bookmark.Parse(found.Object));
                break;
            case var change:
                TakeObject(decode(found.Object), isDeleted: change == WatchEventType.Deleted);
                break;
        }
    }

    private void TakeBookmark(Bookmark bookmark)
    {
        if (initial is null)
            MoveTo(bookmark.ResourceVersion);
        else if (bookmark.EndsInitialEvents)
        {
            Replace(initial.Values);
            (version, initial) = (bookmark.ResourceVersion, null);
        }
    }

    private void TakeObject(Decoded<T> item, bool isDeleted)
    {
        if (initial is { } first)
        {
            // Until the bookmark the versions come in the order of the names.
            if (isDeleted)
                first.Remove(item.Key);
            else
                first[item.Key] = item;
            return;
        }

        MoveTo(item.ResourceVersion);
        pending.Add(isDeleted ? state => effects.Remove(state, item.Key) : state => effects.Put(state, item));
    }

    /// <exception cref="InvalidDataException">The events come out of order, so some may have been lost.</exception>
    private void MoveTo(string next)
    {
        if (version is not null && IsBefore(next, version))
        {
            version = null;
            throw new InvalidDataException("the events of a watch came out of order");
        }

        version = next;
        isProgressing = true;
    }

    private void Replace(IReadOnlyCollection<Decoded<T>> all)
    {
        isProgressing = true;
        pending.Add(state =>
        {
            var gone = effects.Known(state).ToHashSet();
            foreach (var item in all)
            {
                gone.Remove(item.Key);
                effects.Put(state, item);
            }

            foreach (var key in gone)
                effects.Remove(state, key);
            state.Read.Add(type);
        });
        Volatile.Write(ref fault, null);
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (pending.Count == 0)
            return;
        var batch = pending.ToArray();
        pending.Clear();
        await changes.WriteAsync(batch, cancellation);
    }

    // Versions of one resource are comparable numbers (KEP-5504); what is none cannot be compared.
    private static bool IsBefore(string left, string right) =>
        ulong.TryParse(left, CultureInfo.InvariantCulture, out var l) && ulong.TryParse(right, CultureInfo.InvariantCulture, out var r) && l < r;
}
