using System.Net;
using System.Text;

namespace Podwall.Agent;

/// <summary><c>/livez</c>, <c>/readyz</c> and <c>/metrics</c> over plain HTTP.</summary>
public sealed class HealthServer : IDisposable
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(2);

    private readonly HttpListener listener = new();
    private readonly AgentLoop loop;
    private readonly Metrics metrics;

    /// <param name="address"><c>HOST:PORT</c>; a host of 0.0.0.0 or [::] is every address.</param>
    /// <exception cref="HttpListenerException">The address is taken, or not one of this host.</exception>
    public HealthServer(string address, AgentLoop loop, Metrics metrics)
    {
        (this.loop, this.metrics) = (loop, metrics);
        var port = address[(address.LastIndexOf(':') + 1)..];
        var host = address[..^(port.Length + 1)];
        listener.Prefixes.Add($"http://{(host is "" or "0.0.0.0" or "[::]" ? "*" : host)}:{port}/");
        listener.Start();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = cancellation.Register(listener.Stop);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Who asked has gone, or we have.
            }
        }
    }

    public void Dispose() => listener.Close();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (code, text) = context.Request.Url?.AbsolutePath switch
        {
            "/livez" => loop.SinceBeat < LongestTurn ? (200, "ok\n") : (500, $"the loop has not turned for {loop.SinceBeat.TotalSeconds:0} s\n"),
            "/readyz" => loop.IsReady ? (200, "ok\n") : (503, "policies are not in force yet\n"),
            "/metrics" => (200, metrics.Text()),
            _ => (404, "there are /livez, /readyz and /metrics\n"),
        };
        using var response = context.Response;
        response.StatusCode = code;
        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
