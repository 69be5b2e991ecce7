using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Api.OpenApi;
using Podwall.Lab.Api.Patching;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>From a request to its answer; what fails is always answered by a Status.</summary>
internal sealed class ApiHandler(ObjectStore store, TimeProvider time, Founding founding, ClusterWrites changes, IPodRuntime? runtime, ApiServerOptions options, string token, CancellationToken stopping)
{
    private readonly ListHandler lists = new(store, time);
    private readonly WatchHandler watches = new(store, time, stopping);
    private readonly WriteHandler writes = new(store, changes, new(new(time)), RemarksOf(store, options));
    private readonly DeleteHandler deletes = new(store, changes);
    private readonly StreamHandler streams = new(store, runtime);
    private volatile string token = token;

    public string Token
    {
        get => token;
        set => token = value;
    }

    private static Func<ResourceType, StoredObject?, StoredObject, IEnumerable<string>> RemarksOf(ObjectStore store, ApiServerOptions options)
    {
        if (!options.LintsPolicies)
            return options.Remarks;
        PolicyFindings findings = new(store);
        return (type, before, after) => options.Remarks(type, before, after).Concat(findings.On(type, before, after));
    }

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            http.Response.Headers.CacheControl = "no-cache, private";
            // Whether a server lives, anybody may know.
            if (!IsKnown(http) && RawPath(http) is not ("/healthz" or "/readyz" or "/livez" or "/version"))
                throw ApiFailure.Of(401, "Unauthorized", "Unauthorized");
            await RouteAsync(http);
        }
        catch (ApiFailure failure)
        {
            await RefuseAsync(http, failure.Status);
        }
        catch (PatchException misfit)
        {
            await RefuseAsync(http, ApiFailure.Of(misfit.Code, misfit.Reason, misfit.Message, new()).Status);
        }
        catch (BadHttpRequestException bad)
        {
            await RefuseAsync(http, (bad.StatusCode == 413
                ? ApiFailure.Of(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
                : ApiFailure.BadRequest("the request is malformed")).Status);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // Nobody is there any more to be answered.
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Whatever went wrong inside must not show outside, nor end the server.
        catch (Exception)
        {
            await RefuseAsync(http, ApiFailure.Of(500, "InternalError", "Internal error occurred").Status);
        }
#pragma warning restore CA1031
    }

    private async Task RouteAsync(HttpContext http)
    {
        var path = RawPath(http);
        if (path is "/healthz" or "/readyz" or "/livez")
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(http.Request.Query.ContainsKey("verbose") ? $"[+]ping ok\n{path[1..]} check passed\n" : "ok", http.RequestAborted);
        }
        else if (options.Beside.TryGetValue(path, out var other))
            await other(http);
        else if (HttpMethods.IsGet(http.Request.Method) && (Discovery.Find(path, http.Request.Headers.Accept.ToString()) ?? OpenApiDocuments.Find(path)) is { } document)
            await document.AnswerAsync(http);
        else if (HttpMethods.IsPost(http.Request.Method) && ReviewResource.Find(path) is { } review)
            await ReviewHandler.HandleAsync(http, review);
        else
        {
            var target = RequestTarget.Parse(path) ?? throw ApiFailure.Of(404, "NotFound", "the server could not find the requested resource", new());
            if (Caller.Of(http) is { MayDoEverything: false } caller)
                throw caller.Refusal(http, target);
            await RouteAsync(http, target);
        }
    }

    private async Task RouteAsync(HttpContext http, RequestTarget target)
    {
        var method = http.Request.Method;
        var isOne = target.Name is not null;
        if (StreamHandler.Handles(target))
        {
            await streams.HandleAsync(http, target);
            return;
        }

        if (HttpMethods.IsGet(method))
        {
            var shape = Representation.Of(http.Request.Headers.Accept);
            if (isOne)
                await GetAsync(http, target, shape);
            else if (ListOptions.Parse(http.Request.Query, target.Resource) is { IsWatch: true } options)
                await watches.HandleAsync(http, target, options, shape);
            else
                await lists.HandleAsync(http, target, ListOptions.Parse(http.Request.Query, target.Resource), shape);
        }
        else if (HttpMethods.IsPost(method) && !isOne && (target.Namespace is not null || !target.Resource.Type.IsNamespaced))
            await writes.CreateAsync(http, target);
        else if (HttpMethods.IsPut(method) && isOne)
            await writes.UpdateAsync(http, target);
        else if (HttpMethods.IsPatch(method) && isOne)
            await writes.PatchAsync(http, target);
        else if (HttpMethods.IsDelete(method) && isOne && target.Part is null)
        {
            await deletes.HandleAsync(http, target);
            founding.Mend(target.Resource);
        }
        else if (HttpMethods.IsDelete(method) && !isOne)
        {
            await deletes.HandleAllAsync(http, target, ListOptions.Parse(http.Request.Query, target.Resource));
            founding.Mend(target.Resource);
        }
        else
            throw ApiFailure.Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new());
    }

    private async Task GetAsync(HttpContext http, RequestTarget target, Representation shape)
    {
        var type = target.Resource.Type;
        var found = store.Find(type, new(target.ObjectNamespace, target.Name!)) ?? throw ApiFailure.NotFound(target.Resource, target.Name!);
        var scale = target.Part == ResourcePart.Scale.Name ? TreeJson.Bytes(ScaleView.Of(found)) : null;
        http.Response.ContentType = shape.ContentType;
        await http.Response.BodyWriter.WriteAsync(shape.Shape switch
        {
            Shape.Table when scale is not null => new TableWriter(ScaleView.Type, "", time).Write([scale], found.Field("metadata.resourceVersion"), null, null, Headings.Shown),
            _ when scale is not null => scale,
            Shape.Whole => ObjectWriter.Whole(type, found),
            Shape.Metadata => ObjectWriter.Metadata(found.Json.Span),
            _ => new TableWriter(type, http.Request.Query["includeObject"].ToString(), time).Write([found.Json], found.Field("metadata.resourceVersion"), null, null, Headings.Shown),
        }, http.RequestAborted);
    }

    private bool IsKnown(HttpContext http)
    {
        // On the Unix socket the file's permissions let only the owner in.
        if (http.Connection.LocalIpAddress is null)
            return true;
        var header = http.Request.Headers[HeaderNames.Authorization].ToString();
        const string Bearer = "Bearer ";
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[Bearer.Length..].Trim()), Encoding.UTF8.GetBytes(token));
    }

    // The path as it was sent: what is decoded early would hide a slash in a name.
    private static string RawPath(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var end = target.IndexOf('?');
        return end < 0 ? target : target[..end];
    }

    private static async Task RefuseAsync(HttpContext http, ApiStatus status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status.Code;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-cache, private";
        if (status.Details?.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await http.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(status, ApiStatus.JsonType), CancellationToken.None);
    }
}
