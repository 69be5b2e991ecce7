using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Answers who somebody is and what he may do.</summary>
internal static class ReviewHandler
{
    public static async Task HandleAsync(HttpContext http, ReviewResource review)
    {
        var body = await RequestBody.ReadAsync(http);
        JsonObject answer = new()
        {
            ["kind"] = review.Kind,
            ["apiVersion"] = review.ApiVersion,
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
        };
        if (body.Tree["spec"] is { } spec)
            answer["spec"] = spec.DeepClone();
        answer["status"] = StatusOf(review, body.Tree, Caller.Of(http));
        http.Response.StatusCode = 201;
        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(TreeJson.Bytes(answer), http.RequestAborted);
    }

    private static JsonObject StatusOf(ReviewResource review, JsonObject asked, Caller caller)
    {
        if (review == ReviewResource.Subject)
            return new() { ["userInfo"] = new JsonObject { ["username"] = caller.User, ["groups"] = Texts(caller.Groups) } };
        if (review == ReviewResource.Rules)
            return new()
            {
                ["resourceRules"] = Rules(caller, new() { ["verbs"] = Texts("*"), ["apiGroups"] = Texts("*"), ["resources"] = Texts("*") }),
                ["nonResourceRules"] = Rules(caller, new() { ["verbs"] = Texts("*"), ["nonResourceURLs"] = Texts("*") }),
                ["incomplete"] = false,
            };
        var spec = asked["spec"] as JsonObject;
        if (spec?["resourceAttributes"] is null == spec?["nonResourceAttributes"] is null)
            throw ApiFailure.Of(422, "Invalid", $"{review.Kind}.{review.Group} \"\" is invalid: spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified");
        return new() { ["allowed"] = caller.MayDoEverything };
    }

    private static JsonArray Rules(Caller caller, JsonObject everything) => caller.MayDoEverything ? new((JsonNode)everything) : [];

    private static JsonArray Texts(params IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];
}
