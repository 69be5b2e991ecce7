using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// What a lab does beside the API, for its own command line: one JSON object is asked, and lines of JSON objects are the
/// answer. Here both sides have their words.
/// </summary>
internal static class LabControl
{
    /// <summary>Asked <c>address</c>: <c>words</c> that run a command at an address outside, from the lab's first process on, or the <c>problem</c>.</summary>
    public const string OutsidePath = "/podwall/outside";

    /// <summary>Asked <c>flows</c>, and for how many <c>milliseconds</c> each is waited for: for each its <c>number</c>, <c>result</c> and <c>reason</c>, as they come in.</summary>
    public const string ProbesPath = "/podwall/probes";

    /// <summary>Asked to become what <c>sources</c> and <c>labels</c> say, or to stay as it is: nothing, once that is in force, else <c>problem</c>s.</summary>
    public const string StatePath = "/podwall/state";

    public static RequestDelegate Answering(Func<JsonObject, CancellationToken, IAsyncEnumerable<JsonObject>> answer) => async http =>
    {
        if (JsonNode.Parse((await RequestBody.BytesAsync(http)).Span) is not JsonObject question)
            throw ApiFailure.BadRequest("a question to a lab is a JSON object");
        http.Response.ContentType = "application/jsonl";
        await foreach (var line in answer(question, http.RequestAborted))
        {
            await http.Response.BodyWriter.WriteAsync((byte[])[.. TreeJson.Bytes(line), (byte)'\n'], http.RequestAborted);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    };

    public static JsonObject Problem(string message) => new() { ["problem"] = message };

    public static JsonObject Written(ProbeFlow flow) =>
        new() { ["from"] = $"{flow.From}", ["to"] = $"{flow.To}", ["port"] = $"{flow.Port}", ["family"] = $"{flow.Family}" };

    /// <exception cref="ApiFailure">It is no flow.</exception>
    public static ProbeFlow Flow(JsonNode written) =>
        ProbeEnd.TryParse(Cells.Text(written, "from")) is { } from && ProbeEnd.TryParse(Cells.Text(written, "to")) is { } to && ExpectedPort.TryParse(Cells.Text(written, "port")) is { } port
            ? new(from, to, new(port.Protocol, port.Port ?? 0), Cells.Text(written, "family") == $"{IpFamily.V6}" ? IpFamily.V6 : IpFamily.V4)
            : throw ApiFailure.BadRequest($"{written.ToJsonString()} is no flow");

    public static JsonObject Written(LabelChange change)
    {
        JsonObject written = new() { ["edits"] = new JsonObject(change.Edits.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))) };
        (written["namespace"], written["pod"]) = change switch
        {
            LabelChange.OfPod(var id, _) => (id.Namespace, id.Name),
            LabelChange.OfNamespace(var name, _) => (name, null),
            _ => throw new ArgumentOutOfRangeException(nameof(change), $"{change} is no change of labels."),
        };
        return written;
    }

    /// <summary>Makes a change of labels in the object that it is about; others stay as they are.</summary>
    public static void Apply(JsonNode change, string kind, ObjectName name, JsonObject tree)
    {
        var (ns, pod) = (Cells.Text(change, "namespace"), Cells.Text(change, "pod"));
        var isMeant = pod.Length > 0 ? kind == "Pod" && name == new ObjectName(ns, pod) : kind == "Namespace" && name.Name == ns;
        if (!isMeant)
            return;
        var metadata = ObjectRules.MetadataOf(tree);
        var labels = metadata["labels"] as JsonObject ?? [];
        metadata["labels"] = labels;
        foreach (var (key, value) in (JsonObject)change["edits"]!)
            if (value is null)
                labels.Remove(key);
            else
                labels[key] = value.DeepClone();
    }
}
