using Microsoft.AspNetCore.Http;
using Podwall.Explorer;
using Podwall.Web.Explorer;

namespace Podwall.Tests.Explorer;

/// <summary>What the page hears from whatever answers in place of <c>podwall ui</c>.</summary>
public sealed class RemoteExplorerTests
{
    [Theory]
    [InlineData(401, "text/plain; charset=utf-8", "The token is missing.", "The token is missing.")]
    [InlineData(500, "text/plain", "", "not this page's podwall ui")]
    [InlineData(502, "text/html", "<html>Bad gateway</html>", "(502) is not this page's podwall ui")]
    [InlineData(200, "text/html", "<html>Hello</html>", "not this page's podwall ui")]
    [InlineData(200, "application/json", "", "not this page's podwall ui")]
    [InlineData(200, "application/json", "null", "not this page's podwall ui")]
    public async Task An_answer_that_is_none_has_a_message(int status, string type, string body, string says)
    {
        await using var server = await LocalServer.StartAsync(context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            return context.Response.WriteAsync(body);
        });
        using RemoteExplorer explorer = new(server.Address, "token");
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => explorer.MatrixAsync(new(), TestContext.Current.CancellationToken));
        Assert.Contains(says, fault.Message);
        Assert.Equal(status, (int?)fault.StatusCode);
    }

    [Fact]
    public async Task Questions_say_that_a_proposal_was_told_and_only_then()
    {
        List<(string Path, bool Proposes)> asked = [];
        await using var server = await LocalServer.StartAsync(context =>
        {
            asked.Add((context.Request.Path.Value!, context.Request.Headers.ContainsKey("X-Podwall-Proposes")));
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("overview", StringComparison.Ordinal) ? "{}" : """{"problem":"","senders":[],"receivers":[],"rows":[]}""");
        });
        using RemoteExplorer explorer = new(server.Address, "token");
        foreach (var proposal in (SourceText[][])[[], [new("p.yaml", "a")], []])
        {
            explorer.Proposal = proposal;
            await explorer.OverviewAsync(TestContext.Current.CancellationToken);
            await explorer.MatrixAsync(new(), TestContext.Current.CancellationToken);
        }

        Assert.Equal([false, false, false, true, false, false], asked.Select(a => a.Proposes));
    }

    [Fact]
    public async Task Where_nobody_answers_there_is_no_status()
    {
        Uri address;
        await using (var server = await LocalServer.StartAsync(_ => Task.CompletedTask))
            address = server.Address;
        using RemoteExplorer explorer = new(address, "token");
        Assert.Null((await Assert.ThrowsAsync<HttpRequestException>(() => explorer.OverviewAsync(TestContext.Current.CancellationToken))).StatusCode);
    }
}
