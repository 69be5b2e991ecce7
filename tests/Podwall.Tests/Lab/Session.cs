using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>What a server answered.</summary>
internal sealed record Answer(int Code, JsonNode? Body, HttpResponseHeaders Headers)
{
    public string? Text(params IEnumerable<string> path) => path.Aggregate(Body, (node, field) => node?[field])?.ToString();
}

/// <summary>A person with curl.</summary>
internal sealed class Session(ApiServer server) : IDisposable
{
    private readonly HttpClient http = server.Client();

    public async Task<Answer> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using HttpRequestMessage request = new(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)response.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null, response.Headers);
    }

    /// <summary>The lines of a watch, as they come.</summary>
    public async Task<StreamReader> WatchAsync(string path) => new(await http.GetStreamAsync(path, TestContext.Current.CancellationToken));

    public void Dispose() => http.Dispose();
}
