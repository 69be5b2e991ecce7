using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Podwall.Lab.Api;

/// <summary>How an object is to go (<c>DeleteOptions</c>).</summary>
public sealed record Deletion
{
    /// <summary>As the object itself asks for.</summary>
    public static Deletion Usual { get; } = new();

    /// <summary>Nothing is waited for: how a kubelet reports that a pod has ended.</summary>
    public static Deletion AtOnce { get; } = new() { GraceSeconds = 0 };

    /// <summary>What a pod gets to end in; null for what it asks for.</summary>
    public long? GraceSeconds { get; init; }

    /// <summary>What the object owns stays, and belongs to nobody.</summary>
    public bool LeavesDependents { get; init; }

    /// <summary>Only the object of this identity is meant.</summary>
    public string? Uid { get; init; }

    /// <summary>Only the object at this version is meant.</summary>
    public string? ResourceVersion { get; init; }

    internal bool IsDry { get; init; }

    /// <summary>From the body of a request and, where that says nothing, from its query.</summary>
    /// <exception cref="ApiFailure">The body is something else.</exception>
    internal static async Task<Deletion> ReadAsync(HttpContext http)
    {
        var (body, query) = (await BodyAsync(http), http.Request.Query);
        var policy = ObjectRules.TextOf(body["propagationPolicy"]) ?? query["propagationPolicy"].ToString();
        var orphans = body["orphanDependents"]?.ToString() ?? query["orphanDependents"].ToString();
        return new()
        {
            GraceSeconds = long.TryParse(body["gracePeriodSeconds"]?.ToString() ?? query["gracePeriodSeconds"].ToString(), CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
            LeavesDependents = policy == "Orphan" || (policy.Length == 0 && orphans == "true"),
            Uid = ObjectRules.TextOf(body["preconditions"]?["uid"]),
            ResourceVersion = ObjectRules.TextOf(body["preconditions"]?["resourceVersion"]),
            IsDry = WriteHandler.IsDry(http) || body["dryRun"] is JsonArray { Count: > 0 },
        };
    }

    private static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        var bytes = await RequestBody.BytesAsync(http);
        if (bytes.Length == 0)
            return [];
        try
        {
            return JsonNode.Parse(bytes.Span) as JsonObject ?? throw new JsonException("no object");
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw ApiFailure.BadRequest($"the body of the request holds no DeleteOptions: {broken.Message.Split(" LineNumber:")[0]}");
        }
    }
}
