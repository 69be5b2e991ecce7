using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Podwall.Tests;

/// <summary>An HTTP server of a test, on a port that the kernel chose and holds.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication web;

    private LocalServer(WebApplication web) => this.web = web;

    public Uri Address => new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<LocalServer> StartAsync(RequestDelegate answer)
    {
        // No settings, and no watch over all that lies in the folder where it is started.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        web.Run(answer);
        await web.StartAsync();
        return new(web);
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();
}
