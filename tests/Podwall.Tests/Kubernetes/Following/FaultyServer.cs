using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes.Access;
using Podwall.Lab.Api;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>What may go wrong on the way to an answer, or in the middle of it.</summary>
public enum Fault
{
    None,
    ResetAtOnce,
    ResetMidLine,
    EndsMidLine,
    EndsAtOnce,
    ExpiredMidWatch,
    TooManyRequests,
    ServerError,
    Unauthorized,
    Html,
    Duplicate,
    Reordered,
    Garbage,
    Dribble,
    Compressed,
    Silent,
}

/// <summary>Stands before a real server and spoils some of its answers, as its script says; when the script is through, all is well.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private readonly Queue<Fault> script;
    private LocalServer server = null!;
    private HttpClient upstream;
    private int requests;

    private FaultyServer(ApiServer behind, IEnumerable<Fault> faults) => (upstream, script) = (To(behind), new(faults));

    public int Requests => requests;

    public ClusterAccess Access => new(server.Address) { Origin = "the test" };

    public static async Task<FaultyServer> StartAsync(ApiServer behind, IEnumerable<Fault> faults)
    {
        FaultyServer faulty = new(behind, faults);
        faulty.server = await LocalServer.StartAsync(faulty.HandleAsync);
        return faulty;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        upstream.Dispose();
    }

    /// <summary>Another server takes the place of the one behind.</summary>
    public void PointTo(ApiServer behind)
    {
        var before = Interlocked.Exchange(ref upstream, To(behind));
        before.Dispose();
    }

    /// <summary>What comes next goes wrong in these ways.</summary>
    public void Script(params IEnumerable<Fault> faults)
    {
        lock (script)
            foreach (var fault in faults)
                script.Enqueue(fault);
    }

    /// <summary>The rest of the script is dropped.</summary>
    public void Heal()
    {
        lock (script)
            script.Clear();
    }

    private static HttpClient To(ApiServer behind) => behind.Client();

    private async Task HandleAsync(HttpContext http)
    {
        Interlocked.Increment(ref requests);
        Fault fault;
        lock (script)
            fault = script.TryDequeue(out var next) ? next : Fault.None;
        switch (fault)
        {
            case Fault.ResetAtOnce:
                http.Abort();
                return;
            case Fault.EndsAtOnce:
                http.Response.ContentType = "application/json";
                return;
            case Fault.TooManyRequests:
                http.Response.StatusCode = 429;
                http.Response.Headers.RetryAfter = "0";
                return;
            case Fault.ServerError or Fault.Unauthorized:
                http.Response.StatusCode = fault == Fault.ServerError ? 500 : 401;
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no"}""");
                return;
            case Fault.Html:
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync("<html>a login page</html>");
                return;
        }

        try
        {
            await ForwardAsync(http, fault);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            http.Abort();
        }
    }

    private async Task ForwardAsync(HttpContext http, Fault fault)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, http.Request.Path + http.Request.QueryString);
        request.Headers.TryAddWithoutValidation("Accept", http.Request.Headers.Accept.ToString());
        using var response = await upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(http.RequestAborted));
        if (fault == Fault.Compressed)
            http.Response.Headers.ContentEncoding = "gzip";
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await using GZipStream? packed = fault == Fault.Compressed ? new(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : null;
        for (var number = 0; await lines.ReadLineAsync(http.RequestAborted) is { } line; number++)
        {
            // A fault that needs a second line waits for it.
            if (number == 1 && await SpoilAsync(http, fault, lines, line))
                return;
            if (number == 0 && !http.Request.QueryString.Value!.Contains("watch", StringComparison.Ordinal) && fault is Fault.ResetMidLine or Fault.EndsMidLine && await SpoilAsync(http, fault, lines, line))
                return;
            if (packed is not null)
            {
                await packed.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"), http.RequestAborted);
                await packed.FlushAsync(http.RequestAborted);
                continue;
            }

            const int Drop = 23;
            foreach (var piece in fault == Fault.Dribble ? $"{line}\n".Chunk(Drop).Select(c => new string(c)) : [$"{line}\n"])
                await SendAsync(http, piece);
            if (fault == Fault.Silent && http.Request.QueryString.Value!.Contains("watch", StringComparison.Ordinal))
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
    }

    // True where the answer ends here.
    private static async Task<bool> SpoilAsync(HttpContext http, Fault fault, StreamReader lines, string line)
    {
        switch (fault)
        {
            case Fault.ResetMidLine:
                await SendAsync(http, line[..(line.Length / 2)]);
                http.Abort();
                return true;
            case Fault.EndsMidLine:
                await SendAsync(http, line[..(line.Length / 2)]);
                return true;
            case Fault.ExpiredMidWatch:
                await SendAsync(http, """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old","reason":"Expired","code":410}}""" + "\n");
                return true;
            case Fault.Garbage:
                await SendAsync(http, "{]\n");
                return true;
            case Fault.Duplicate:
                await SendAsync(http, $"{line}\n");
                return false;
            case Fault.Reordered:
                if (await lines.ReadLineAsync(http.RequestAborted) is not { } next)
                    return false;
                await SendAsync(http, $"{next}\n");
                return false;
            default:
                return false;
        }
    }

    private static async Task SendAsync(HttpContext http, string text)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
