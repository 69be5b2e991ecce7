using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Lab.Api;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>What a lab serves beside the API, to its own command line.</summary>
public static class LabControl
{
    /// <summary>With <c>?address=</c>: a list of words that runs a command at an address outside, from the lab's first process on.</summary>
    public const string OutsidePath = "/podwall/outside";

    /// <exception cref="ApiFailure">It is none.</exception>
    internal static Address Address(HttpContext http) => Policy.Address.TryParse(http.Request.Query["address"].ToString(), out var address)
        ? address : throw ApiFailure.BadRequest($"'{http.Request.Query["address"]}' is no IP address");

    /// <exception cref="ApiFailure">The lab cannot do it.</exception>
    internal static async Task AnswerAsync(HttpContext http, Func<Task<JsonNode>> answer)
    {
        try
        {
            var bytes = TreeJson.Bytes(await answer());
            http.Response.ContentType = "application/json";
            await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
        }
        catch (LabException failed)
        {
            throw ApiFailure.BadRequest(failed.Message);
        }
    }
}
