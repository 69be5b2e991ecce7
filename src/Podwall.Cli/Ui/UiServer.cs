using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Podwall.Explorer;

namespace Podwall.Cli.Ui;

/// <summary>Serves the site and the answers about one cluster on loopback.</summary>
internal sealed class UiServer : IAsyncDisposable
{
    private const long LargestBody = 32 * 1024 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly WebApplication web;
    private readonly SiteFiles site;
    private readonly UiCluster cluster;
    private readonly bool mayApply;
    private readonly UiGuard guard;
    private readonly Proposals proposals = new();
    private readonly ScenarioRuns runs;

    private UiServer(WebApplication web, SiteFiles site, UiCluster cluster, bool mayApply, ScenarioRuns runs, string token)
    {
        (this.web, this.site, this.cluster, this.mayApply, this.runs, guard) = (web, site, cluster, mayApply, runs, new(token));
        Token = token;
    }

    public string Token { get; }

    /// <summary>Where to point a browser. The token is in the fragment, which is never sent and never logged.</summary>
    public Uri Address => new($"{web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()}/explorer.html#token={Token}");

    /// <inheritdoc cref="Commands.UiCommand.ServeAsync" path="/param"/>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<UiServer> StartAsync(int port, SiteFiles files, UiCluster shown, bool mayApply, string? lab, CancellationToken cancellation)
    {
        // No settings, and no watch over all that lies in the folder where it is started.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var web = builder.Build();
        UiServer server = new(web, files, shown, mayApply, new(lab), RandomNumberGenerator.GetHexString(48, lowercase: true));
        web.Run(server.HandleAsync);
        try
        {
            await web.StartAsync(cancellation);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        return server;
    }

    private async Task HandleAsync(HttpContext context)
    {
        UiGuard.Protect(context.Response);
        if (guard.Objection(context.Request) is var (status, message))
            await RefuseAsync(context, status, message);
        else if (context.Request.Path.StartsWithSegments("/api", out var what))
            await AnswerAsync(context, what.Value?.Trim('/') ?? "");
        else
            await SendFileAsync(context);
    }

    private async Task AnswerAsync(HttpContext context, string what)
    {
        var (json, cancellation) = (ExplorerJson.Default, context.RequestAborted);
        var tab = context.Request.Headers["X-Podwall-Tab"].ToString();
        try
        {
            if (context.Request.Headers.ContainsKey("X-Podwall-Proposes") && proposals.Of(tab) is null && what is not ("overview" or "apply"))
            {
                await RefuseAsync(context, StatusCodes.Status410Gone, $"podwall ui holds the proposals of {Proposals.MostTabs} pages, and this page's was the oldest and is forgotten. Change its text, and it is proposed again.");
                return;
            }

            switch (what)
            {
                case "overview":
                    proposals.Put(tab, await ReadAsync(context, json.Proposal));
                    await WriteAsync(context, OverviewOf(cluster.Now, tab), json.Overview);
                    break;
                case "changed":
                    _ = long.TryParse(context.Request.Query["since"], out var since);
                    await WriteAsync(context, OverviewOf(await cluster.ChangedAsync(since, LongestWait, cancellation), tab), json.Overview);
                    break;
                case "ask":
                    await WriteAsync(context, Now(tab).Ask(await ReadAsync(context, json.AskQuestion)), json.AskReply);
                    break;
                case "board":
                    await WriteAsync(context, Now(tab).Board(await ReadAsync(context, json.BoardQuestion)), json.BoardAnswer);
                    break;
                case "reasons":
                    await WriteAsync(context, Now(tab).Reasons(await ReadAsync(context, json.ArrowQuestion)), json.IReadOnlyListAnswer);
                    break;
                case "export":
                    await WriteAsync(context, Now(tab).Export(await ReadAsync(context, json.ExportQuestion)), json.ExportAnswer);
                    break;
                case "matrix":
                    await WriteAsync(context, Now(tab).Matrix(await ReadAsync(context, json.MatrixQuestion)), json.MatrixAnswer);
                    break;
                case "changes":
                    await WriteAsync(context, Now(tab).Changes(), json.ChangesAnswer);
                    break;
                case "lab":
                    await WriteAsync(context, runs.State, json.LabState);
                    break;
                case "run":
                    await RunAsync(context, await ReadAsync(context, json.RunQuestion));
                    break;
                case "apply" when mayApply && cluster.Client is { } client:
                    await WriteAsync(context, await Applying.ApplyAsync(await ReadAsync(context, json.Proposal), client, cancellation), json.ApplyReply);
                    break;
                case "apply":
                    await RefuseAsync(context, StatusCodes.Status403Forbidden, "This page may only look. Start podwall ui with --allow-apply to apply policies from it.");
                    break;
                default:
                    await RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such question.");
                    break;
            }
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await RefuseAsync(context, tooLarge.StatusCode, $"That is more than {LargestBody / 1024 / 1024} MB, which podwall ui does not take from a page. Give it less, or the files themselves with -f.");
        }
        catch (Exception unread) when (unread is JsonException or BadHttpRequestException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The question cannot be read; reload the page, which may be older than the server.");
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer any more.
        }
    }

    private async Task RunAsync(HttpContext context, RunQuestion question)
    {
        var (report, problem) = await runs.RunAsync(question, context.RequestAborted);
        if (problem.Length > 0)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, problem);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(report, context.RequestAborted);
    }

    private Exploration Now(string tab) => proposals.On(cluster.Now.Exploration, tab);

    private Overview OverviewOf(UiCluster.State state, string tab) => proposals.On(state.Exploration, tab).Overview() with
    {
        Revision = state.Revision,
        Source = cluster.Paths.Count > 0 ? "" : cluster.Source,
        Paths = cluster.Paths,
        Trouble = state.Trouble,
        MayApply = mayApply && cluster.Client is not null,
        Policies = state.Exploration.Compiled.Snapshot.Policies.Count(),
        Proposed = proposals.Of(tab)?.Snapshot.Policies.Count() ?? 0,
        Ignored = [.. proposals.Of(tab) is { } proposal ? Proposals.IgnoredOf(proposal) : []],
    };

    private async Task SendFileAsync(HttpContext context)
    {
        var takesBrotli = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (site[context.Request.Path.Value ?? "/", takesBrotli] is not var (file, type, isBrotli))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such page.");
            return;
        }

        context.Response.ContentType = type;
        context.Response.Headers.Vary = "Accept-Encoding";
        if (isBrotli)
            context.Response.Headers.ContentEncoding = "br";
        if (context.Request.Method == "GET")
            await context.Response.SendFileAsync(file, context.RequestAborted);
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) ?? throw new JsonException("null in place of a question");

    private static async Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(message, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await web.StopAsync();
        await web.DisposeAsync();
        runs.Dispose();
    }
}
