using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Podwall.Kubernetes.Access;

namespace Podwall.Kubernetes.Client;

/// <summary>
/// Talks to one API server over HTTP/2 or HTTP/1.1, TCP or a Unix socket. Every failure is classified here, once, as an
/// <see cref="ApiException"/>.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private static readonly string UserAgent = $"podwall/{typeof(ApiClient).Assembly.GetName().Version!.ToString(3)}";

    private readonly TimeProvider time;
    private readonly Transport transport;

    public ApiClient(ClusterAccess access, TimeProvider? time = null) =>
        (Access, this.time, transport) = (access, time ?? TimeProvider.System, new(access));

    public ClusterAccess Access { get; }

    /// <summary>The server must begin to answer within this.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens an answer as a stream, as lists and watches need it; the body may take for ever.</summary>
    /// <exception cref="ApiException">The server could not be reached, or refused.</exception>
    public async Task<ApiBody> OpenAsync(string path, string? accept = null, CancellationToken cancellation = default)
    {
        var response = await SendAsync(HttpMethod.Get, path, null, accept, cancellation);
        return new(response, await response.Content.ReadAsStreamAsync(cancellation));
    }

    /// <summary>Asks with a body, and opens the answer as a stream.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<ApiBody> PostAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancellation = default)
    {
        var response = await SendAsync(HttpMethod.Post, path, Json(json, "application/json"), null, cancellation);
        return new(response, await response.Content.ReadAsStreamAsync(cancellation));
    }

    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        ReadAsync(HttpMethod.Get, path, null, type, cancellation);

    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public Task<T> CreateAsync<T>(string path, ReadOnlyMemory<byte> json, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        ReadAsync(HttpMethod.Post, path, Json(json, "application/json"), type, cancellation);

    /// <param name="contentType">Which kind of patch it is: <see cref="PatchTypes"/>.</param>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public Task<T> PatchAsync<T>(string path, string contentType, ReadOnlyMemory<byte> patch, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        ReadAsync(HttpMethod.Patch, path, Json(patch, contentType), type, cancellation);

    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task DeleteAsync(string path, CancellationToken cancellation = default) =>
        (await SendAsync(HttpMethod.Delete, path, null, null, cancellation)).Dispose();

    /// <summary>Opens a path as a WebSocket that speaks one of some protocols, the first of which the server knows.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<WebSocket> ConnectAsync(string path, IReadOnlyList<string> protocols, CancellationToken cancellation = default)
    {
        var response = await SendAsync(HttpMethod.Get, path, null, null, cancellation, request => Upgrade(request, protocols));
        var chosen = response.Headers.TryGetValues("Sec-WebSocket-Protocol", out var named) ? named.First() : "";
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols && protocols.Contains(chosen))
            return WebSocket.CreateFromStream(await response.Content.ReadAsStreamAsync(cancellation), new WebSocketCreationOptions { SubProtocol = chosen });
        using (response)
            throw new ApiException(ApiFault.NotAnApiServer, Access, $"{Access.Server.Authority} speaks none of {string.Join(", ", protocols)}",
                "Check that nothing on the way keeps WebSockets out, and that the cluster is Kubernetes 1.30 or newer.");
    }

    public void Dispose() => transport.Dispose();

    // A WebSocket begins as a request over HTTP/1.1 (RFC 6455, 4.1).
    private static void Upgrade(HttpRequestMessage request, IReadOnlyList<string> protocols)
    {
        (request.Version, request.VersionPolicy) = (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", protocols));
    }

    private static ByteArrayContent Json(ReadOnlyMemory<byte> json, string type) =>
        new(json.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private async Task<T> ReadAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, content, null, cancellation);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            return await JsonSerializer.DeserializeAsync(stream, type, cancellation) ?? throw new JsonException("null in place of an object");
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            throw ApiException.BrokenBody(Access, broken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string? accept, CancellationToken cancellation, Action<HttpRequestMessage>? adapt = null)
    {
        try
        {
            return await AnswerAsync(method, path, content, accept, adapt, cancellation);
        }
        catch (AccessException noLogin)
        {
            throw ApiException.NoLogin(Access, noLogin);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, HttpContent? content, string? accept, Action<HttpRequestMessage>? adapt, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        for (var isRetry = false; ; isRetry = true)
        {
            var connections = transport.Current;
            try
            {
                using var request = await RequestAsync(method, path, content, accept, either.Token);
                adapt?.Invoke(request);
                var response = await connections.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                if ((response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols) && IsApi(response))
                    return response;
                using (response)
                {
                    // A login that was renewed elsewhere is read anew once.
                    if (response.StatusCode == HttpStatusCode.Unauthorized && !isRetry && content is null && await Access.Credentials.RenewAsync(either.Token))
                        continue;
                    throw await RefusalAsync(response, either.Token);
                }
            }
            catch (HttpRequestException error)
            {
                var failure = Unreachable(error);
                // The server may have got a certificate of a new authority, of which the file tells by now.
                if (failure.Fault == ApiFault.UntrustedServer && !isRetry && content is null && transport.IsStale(connections))
                    continue;
                throw failure;
            }
            catch (IOException error)
            {
                throw ApiException.BrokenBody(Access, error);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw ApiException.TimedOut(Access, $"{Access.Server.Authority} did not answer within {AnswerLimit.TotalSeconds:0} s");
            }
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path, HttpContent? content, string? accept, CancellationToken cancellation)
    {
        HttpRequestMessage request = new(method, new Uri(Access.Server, path))
        {
            Content = content,
            Version = Access.Server.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        // The name of the Host header is also that which the certificate must carry; SslOptions.TargetHost is overwritten by it.
        request.Headers.Host = Access.TlsServerName;
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (await Access.Credentials.HeaderAsync(cancellation) is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in Access.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static bool IsApi(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType is not "text/html";

    private async Task<ApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var code = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType is "application/json")
        {
            try
            {
                await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
                if (await JsonSerializer.DeserializeAsync(stream, ApiStatus.JsonType, cancellation) is { Kind: "Status" } status)
                    return ApiException.FromStatus(Access, status with { Code = code }, RetryAfter(response));
            }
            catch (Exception unreadable) when (unreadable is JsonException or IOException)
            {
                // The status line says enough.
            }
        }

        if (IsApi(response) && code is 401 or 403 or 429 or >= 500)
            return ApiException.FromStatus(Access, new ApiStatus { Code = code, Message = response.ReasonPhrase }, RetryAfter(response));
        return new(ApiFault.NotAnApiServer, Access, $"{Access.Server.Authority} answered {code} with {response.Content.Headers.ContentType?.MediaType ?? "no content type"}, which no API server does",
            "Check the server's address; a proxy or login page may stand before it.")
        { StatusCode = code, RetryAfter = RetryAfter(response) };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero,
        _ => null,
    };

    private ApiException Unreachable(HttpRequestException error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
            if (inner is AccessException noLogin)
                return ApiException.NoLogin(Access, noLogin);
        var authority = (Access.UnixSocket ?? Access.Server.Authority) + (Access.Proxy is { } proxy ? $" through the proxy {proxy.Authority}" : "");
        var cause = ApiException.OneLine((error.InnerException ?? error).Message);
        return error switch
        {
            { InnerException: AuthenticationException tls } => new(ApiFault.UntrustedServer, Access, $"no trusted connection to {authority}: {ApiException.OneLine(tls.Message)}",
                "Check certificate-authority and server in the kubeconfig; the certificate may be of another cluster, for another name, or expired.", error),
            { HttpRequestError: HttpRequestError.SecureConnectionError } => new(ApiFault.UntrustedServer, Access, $"no secure connection to {authority}: {cause}",
                "Check that the server speaks TLS on this port.", error),
            { HttpRequestError: HttpRequestError.NameResolutionError } => new(ApiFault.UnknownHost, Access, $"the name {Access.Server.Host} cannot be resolved", "Check the server's name, and your network or VPN.", error),
            { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } => new(ApiFault.BrokenBody, Access, $"{authority} gave no HTTP answer: {cause}", "Check that this is the API server's port, and that nothing on the way cuts the connection.", error),
            { HttpRequestError: HttpRequestError.ProxyTunnelError } => new(ApiFault.Unreachable, Access, $"the proxy {Access.Proxy} refuses: {cause}", "Check proxy-url in the kubeconfig.", error),
            _ => new(ApiFault.Unreachable, Access, $"{authority} cannot be reached: {cause}", "Check that the server is up, and your network or VPN.", error),
        };
    }
}
