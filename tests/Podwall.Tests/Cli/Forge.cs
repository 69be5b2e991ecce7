using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Podwall.Tests.Cli;

/// <summary>The comments of one pull request, as GitHub's and GitLab's API serve and take them.</summary>
internal sealed class Forge : IAsyncDisposable
{
    private LocalServer server = null!;

    private Forge()
    {
    }

    public Uri Address => server.Address;

    public List<string> Comments { get; } = [];

    public List<(string Method, string Login)> Requests { get; } = [];

    /// <summary>The status with which every write ends; null where comments are taken.</summary>
    public int? Refusal { get; set; }

    public static async Task<Forge> StartAsync()
    {
        Forge forge = new();
        forge.server = await LocalServer.StartAsync(forge.ServeAsync);
        return forge;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        var (code, answer) = Answer(http.Request, await reader.ReadToEndAsync());
        http.Response.StatusCode = code;
        await http.Response.WriteAsync(answer.ToJsonString());
    }

    private (int, JsonNode) Answer(HttpRequest request, string body)
    {
        var path = request.Path.Value!;
        var isGitLab = path.StartsWith("/api/v4/", StringComparison.Ordinal);
        var all = isGitLab ? "/api/v4/projects/7/merge_requests/12/notes" : "/repos/team/shop/issues/12/comments";
        var one = isGitLab ? all : "/repos/team/shop/issues/comments";
        Requests.Add((request.Method, request.Headers["Authorization"].FirstOrDefault() ?? request.Headers["PRIVATE-TOKEN"].ToString()));
        if (Refusal is { } status && request.Method != "GET")
            return (status, new JsonObject { ["message"] = "Resource not accessible by integration" });
        switch (request.Method)
        {
            case "GET" when path == all:
                var page = int.Parse(request.Query["page"].ToString(), CultureInfo.InvariantCulture);
                return (200, new JsonArray([.. Comments.Select((c, i) => (JsonNode)new JsonObject { ["id"] = i, ["body"] = c }).Skip((page - 1) * 100).Take(100)]));
            case "POST" when path == all:
                Comments.Add((string)JsonNode.Parse(body)!["body"]!);
                return (201, new JsonObject { ["id"] = Comments.Count - 1 });
            case "PATCH" when !isGitLab && path.StartsWith(one, StringComparison.Ordinal):
            case "PUT" when isGitLab && path.StartsWith(one, StringComparison.Ordinal):
                Comments[int.Parse(path[(one.Length + 1)..], CultureInfo.InvariantCulture)] = (string)JsonNode.Parse(body)!["body"]!;
                return (200, new JsonObject());
            default:
                return (404, new JsonObject { ["message"] = "Not Found" });
        }
    }
}
