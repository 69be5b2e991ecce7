using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Answers lists, whole or in pages that all show the same version.</summary>
internal sealed class ListHandler(ObjectStore store, TimeProvider time)
{
    private const int FlushEvery = 256 * 1024;

    // How long a list waits for a version that the server has not seen yet.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task HandleAsync(HttpContext http, RequestTarget target, ListOptions options, Representation shape)
    {
        var (objects, version, start) = await FindAsync(target.Resource, options, http.RequestAborted);
        if (start is { } named && target.Namespace is { } ns)
            start = named with { Namespace = ns };
        var limit = options is { Limit: > 0, ResourceVersion: not "0" } ? options.Limit : long.MaxValue;
        List<StoredObject> page = [];
        string? next = null;
        long remaining = 0;
        foreach (var item in new ResourceView(objects, version, 0).From(target.Namespace, start).SkipWhile(i => i.Name == start))
        {
            if (!options.Selects(item))
                continue;
            if (page.Count < limit)
                page.Add(item);
            else if (remaining++ == 0)
            {
                var last = page[^1].Name;
                next = new ContinueToken((long)version, target.Namespace is null ? last : last with { Namespace = "" }).ToString();
            }
        }

        // What a selector leaves out cannot be counted by a real server.
        var counted = next is not null && options.Fields.Count == 0 && options.Labels.Requirements.Count == 0 ? remaining : (long?)null;
        http.Response.ContentType = shape.ContentType;
        if (shape.Shape == Shape.Table)
            await http.Response.BodyWriter.WriteAsync(new TableWriter(target.Resource.Type, http.Request.Query["includeObject"].ToString(), time)
                .Write(page.Select(p => p.Json), version.ToString(CultureInfo.InvariantCulture), next, counted, Headings.Shown), http.RequestAborted);
        else
            await WriteAsync(http, target.Resource, shape, page, version, next, counted);
    }

    private async Task<(ImmutableList<StoredObject> Objects, ulong Version, ObjectName? Start)> FindAsync(
        ServedResource resource, ListOptions options, CancellationToken cancellation)
    {
        if (options.Continue.Length > 0)
            return Continued(resource, options);
        var wanted = options.Version;
        await AwaitVersionAsync(wanted, resource, cancellation);
        if (options.Match != "Exact")
        {
            var view = store.View(resource.Type);
            return (view.Objects, view.Version, null);
        }

        try
        {
            return (store.At(resource.Type, wanted), wanted, null);
        }
        catch (ForgottenException)
        {
            throw ApiFailure.Of(410, "Expired", "The resourceVersion for the provided list is too old.");
        }
    }

    private (ImmutableList<StoredObject>, ulong, ObjectName?) Continued(ServedResource resource, ListOptions options)
    {
        if (options.ResourceVersion is not ("" or "0"))
            throw ApiFailure.BadRequest("specifying resource version is not allowed when using continue");
        var token = ContinueToken.Parse(options.Continue);
        if (token.Version < 0)
        {
            var view = store.View(resource.Type);
            return (view.Objects, view.Version, token.After);
        }

        try
        {
            return (store.At(resource.Type, (ulong)token.Version), (ulong)token.Version, token.After);
        }
        catch (ForgottenException)
        {
            throw new ApiFailure(new()
            {
                Status = Kubernetes.Client.ApiStatus.Failure,
                Code = 410,
                Reason = "Expired",
                Message = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
                    + "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - "
                    + "objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
                Metadata = new() { Continue = new ContinueToken(-1, token.After).ToString() },
            });
        }
    }

    private async Task AwaitVersionAsync(ulong wanted, ServedResource resource, CancellationToken cancellation)
    {
        if (wanted <= store.Version)
            return;
        using CancellationTokenSource patience = new(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            while (true)
            {
                var changed = store.Read(resource.Type, store.View(resource.Type).NextEvent).Changed;
                if (wanted <= store.Version)
                    return;
                await changed.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw ApiFailure.Of(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {store.Version}", new()
            {
                Causes = [new() { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
                RetryAfterSeconds = 1,
            });
        }
    }

    private static async Task WriteAsync(HttpContext http, ServedResource resource, Representation shape, List<StoredObject> page, ulong version, string? next, long? remaining)
    {
        var isWhole = shape.Shape == Shape.Whole;
        var body = http.Response.BodyWriter;
        var (kind, apiVersion) = isWhole ? ($"{resource.Type.Kind}List", resource.Type.ApiVersion) : ("PartialObjectMetadataList", "meta.k8s.io/v1");
        var more = $"{(next is null ? "" : $",\"continue\":\"{next}\"")}{(remaining is null ? "" : $",\"remainingItemCount\":{remaining}")}";
        Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\"{more}}},\"items\":[", body);
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
                body.Write(","u8);
            body.Write(isWhole ? page[i].Json.Span : ObjectWriter.Metadata(page[i].Json.Span));
            if (body.UnflushedBytes > FlushEvery)
                await body.FlushAsync(http.RequestAborted);
        }

        body.Write("]}"u8);
        await body.FlushAsync(http.RequestAborted);
    }
}
