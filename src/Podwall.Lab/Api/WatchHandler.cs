using System.Buffers;
using Microsoft.AspNetCore.Http;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Answers watches: what is there, then what changes, until the timeout or until history was forgotten.</summary>
internal sealed class WatchHandler(ObjectStore store, TimeProvider time, CancellationToken stopping)
{
    private const int FlushEvery = 64 * 1024;

    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(30);

    public async Task HandleAsync(HttpContext http, RequestTarget target, ListOptions options, Representation shape)
    {
        var from = options.Version;
        http.Response.ContentType = shape.ContentType;
        using CancellationTokenSource over = new(options.Timeout ?? LongestWatch, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping, http.RequestAborted);
        WatchEvents events = new(target, options, shape, new TableWriter(target.Resource.Type, http.Request.Query["includeObject"].ToString(), time));
        var body = http.Response.BodyWriter;
        // Over HTTP/2 the headers of a silent watch leave with a flush only, and clients wait for them.
        await body.FlushAsync(http.RequestAborted);
        try
        {
            var next = await BeginAsync(target, options, from, events, body, end.Token);
            await FollowAsync(target, options, from, next, events, body, end.Token);
        }
        catch (ForgottenException forgotten)
        {
            body.Write(WatchEvents.Error(ApiFailure.Of(410, "Expired", $"too old resource version: {from} ({forgotten.Oldest})").Status));
            await body.FlushAsync(http.RequestAborted);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The time is up: a watch ends without a word.
        }
    }

    // What is there already, and the number of the event with which to go on.
    private async Task<long> BeginAsync(RequestTarget target, ListOptions options, ulong from, WatchEvents events, System.IO.Pipelines.PipeWriter body, CancellationToken end)
    {
        var type = target.Resource.Type;
        var view = store.View(type);
        var wantsInitial = options.SendsInitialEvents ?? from == 0;
        if (!wantsInitial)
            return from > view.Version || from == 0 ? view.NextEvent : store.EventAfter(type, from);
        foreach (var item in view.From(target.Namespace).Where(options.Selects))
        {
            body.Write(events.Change("ADDED", item.Json));
            // What is not sent is held, and a cluster is large.
            if (body.UnflushedBytes > FlushEvery)
                await body.FlushAsync(end);
        }

        if (options is { SendsInitialEvents: true, AllowsBookmarks: true })
            body.Write(events.Bookmark(view.Version, endsInitial: true));
        await body.FlushAsync(end);
        return view.NextEvent;
    }

    private async Task FollowAsync(RequestTarget target, ListOptions options, ulong from, long next, WatchEvents events, System.IO.Pipelines.PipeWriter body, CancellationToken end)
    {
        var started = time.GetTimestamp();
        // A last bookmark comes shortly before the end, so that the client can go on from there.
        var bookmarkAt = options.Timeout is { } limit && limit - BeforeTheEnd < BookmarkInterval ? limit - BeforeTheEnd : BookmarkInterval;
        var bookmark = options.AllowsBookmarks && bookmarkAt > TimeSpan.Zero ? Task.Delay(bookmarkAt, time, end) : null;
        while (true)
        {
            end.ThrowIfCancellationRequested();
            var (changes, version, changed) = store.Read(target.Resource.Type, next);
            next += changes.Length;
            foreach (var change in changes)
                if (change.Version > from && (target.Namespace is null || (change.After ?? change.Before)!.Name.Namespace == target.Namespace))
                    events.Write(change, body);
            if (bookmark is { IsCompleted: true } && !end.IsCancellationRequested)
            {
                body.Write(events.Bookmark(version, endsInitial: false));
                var left = (options.Timeout ?? LongestWatch) - time.GetElapsedTime(started);
                bookmark = left > BookmarkInterval + BeforeTheEnd ? Task.Delay(BookmarkInterval, time, end)
                    : left > BeforeTheEnd ? Task.Delay(left - BeforeTheEnd, time, end)
                    : null;
            }

            if (body.UnflushedBytes > 0)
                await body.FlushAsync(end);
            await (bookmark is null ? changed : Task.WhenAny(changed, bookmark)).WaitAsync(end);
        }
    }
}
