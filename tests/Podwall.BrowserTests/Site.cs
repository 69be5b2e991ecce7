using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary>The site as any web server would give it: files, compressed where the browser takes it, sent once where the browser keeps them, and no headers of ours.</summary>
public sealed class Site : IAsyncDisposable
{
    private readonly LocalServer server;

    private Site(LocalServer server) => this.server = server;

    public static string Root { get; } = Checkout.At("artifacts", "site");

    public string Address => server.Address.GetLeftPart(UriPartial.Authority);

    public static async Task<Site> StartAsync()
    {
        await MakeAsync();
        return new(await LocalServer.StartAsync(SendAsync));
    }

    /// <summary>Makes the site where it is missing or stale, as <c>eng/test</c> has done before.</summary>
    private static async Task MakeAsync()
    {
        using var making = Process.Start(new ProcessStartInfo(Checkout.At("eng", "site")) { RedirectStandardError = true })!;
        var said = await making.StandardError.ReadToEndAsync();
        await making.WaitForExitAsync();
        Assert.True(making.ExitCode == 0, said);
    }

    private static async Task SendAsync(HttpContext context)
    {
        var path = Path.Combine(Root, context.Request.Path.Value!.TrimStart('/') is { Length: > 0 } name ? name : "index.html");
        if (!File.Exists(path))
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html",
            ".css" => "text/css",
            ".js" => "text/javascript",
            ".svg" => "image/svg+xml",
            ".wasm" => "application/wasm",
            _ => "application/octet-stream",
        };
        if (File.Exists($"{path}.br") && context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            path = $"{path}.br";
            context.Response.Headers.ContentEncoding = "br";
        }

        var tag = $"\"{Path.GetExtension(path)}{File.GetLastWriteTimeUtc(path).Ticks:x}\"";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
            context.Response.StatusCode = 304;
        else
            await context.Response.SendFileAsync(path);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
