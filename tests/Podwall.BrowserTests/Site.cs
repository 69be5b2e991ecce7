using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary>The site as any web server would give it: files, compressed where the browser takes it, sent once where the browser keeps them, and no headers of ours.</summary>
public sealed class Site : IAsyncDisposable
{
    private readonly WebApplication web;

    private Site(WebApplication web) => this.web = web;

    public static string Root { get; } = Checkout.At("artifacts", "site");

    public string Address => web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Site> StartAsync()
    {
        await MakeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var site = new Site(builder.Build());
        site.web.Run(site.SendAsync);
        await site.web.StartAsync();
        return site;
    }

    /// <summary>Makes the site where it is missing or stale, as <c>eng/test</c> has done before.</summary>
    private static async Task MakeAsync()
    {
        using var making = Process.Start(new ProcessStartInfo(Checkout.At("eng", "site")) { RedirectStandardError = true })!;
        var said = await making.StandardError.ReadToEndAsync();
        await making.WaitForExitAsync();
        Assert.True(making.ExitCode == 0, said);
    }

    private async Task SendAsync(HttpContext context)
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

    public ValueTask DisposeAsync() => web.DisposeAsync();
}
