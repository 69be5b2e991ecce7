using System.Text;
using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What the API server does with unknown and duplicate fields (<c>?fieldValidation=</c>).</summary>
public enum FieldValidation
{
    Strict,
    Warn,
    Ignore,
}

/// <summary>
/// The API server's answer to a NetworkPolicy sent to it: accepted with defaults filled in, or refused with the status,
/// reason, message and causes that it would give. It does not know whether the namespace exists.
/// </summary>
public sealed record PolicyReview(int HttpStatus, string Reason, string Message, ValueList<FieldError> Causes, ValueList<string> Warnings, PolicyObject? Policy)
{
    private const string Unreadable = "NetworkPolicy in version \"v1\" cannot be handled as a NetworkPolicy: ";

    public bool IsAccepted => HttpStatus == 201;

    /// <summary>Reviews a request's body, YAML or JSON.</summary>
    public static PolicyReview Of(ReadOnlySpan<byte> body, FieldValidation validation)
    {
        var reading = new TreeReader(ReadingLimits.Default, new StringPool(), lettersAreText: false).Read("body", body);
        if (reading.Faults is [var fault, ..])
            return BadRequest($"the object provided is unrecognized (must be of type NetworkPolicy): {fault.ServerMessage ?? fault.Message} ({Summary(body)})", []);
        return reading.Documents is [var document, ..]
            ? Of(document, validation)
            : BadRequest($"the object provided is unrecognized (must be of type NetworkPolicy): couldn't get version/kind; json parse error: unexpected end of JSON input ({Summary(body)})", []);
    }

    public static PolicyReview Of(TreeDocument document, FieldValidation validation)
    {
        var version = (document.Root as MappingNode)?.TextOf("apiVersion");
        if (version is not (null or "" or PolicyObject.ApiVersion))
            return BadRequest($"NetworkPolicy in version {GoText.Quote(version[(version.LastIndexOf('/') + 1)..])} cannot be handled as a NetworkPolicy: "
                + $"no kind \"NetworkPolicy\" is registered for version {GoText.Quote(version)} in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"", []);
        var reading = PolicyReading.Of(document);
        if (reading.WrongTypes is [var wrong, ..])
            return BadRequest(Unreadable + wrong.Message, []);
        if (validation == FieldValidation.Strict && StrictMessages(reading, document.Format).ToList() is { Count: > 0 } faults)
            return BadRequest($"{Unreadable}strict decoding error: {string.Join(", ", faults)}", []);
        var warnings = validation == FieldValidation.Warn
            ? reading.Duplicates.Concat(reading.UnknownFields).Select(e => e.Message).ToValueList()
            : [];
        return reading.Invalid.Count == 0
            ? new(201, "", "", [], warnings, reading.Policy)
            : new(422, "Invalid", InvalidMessage(reading), reading.Invalid, warnings, null);
    }

    private static PolicyReview BadRequest(string message, ValueList<string> warnings) => new(400, "BadRequest", message, [], warnings, null);

    private static IEnumerable<string> StrictMessages(PolicyReading reading, DocumentFormat format)
    {
        var duplicates = reading.Duplicates.Select(d => d.Message);
        if (format == DocumentFormat.Yaml && reading.Duplicates.Count > 0)
            duplicates = [$"yaml: unmarshal errors:\n  {string.Join("\n  ", duplicates)}"];
        return duplicates.Concat(reading.UnknownFields.Select(u => u.Message));
    }

    private static string InvalidMessage(PolicyReading reading)
    {
        var all = reading.Invalid.Select(e => e.ToString()).Distinct(StringComparer.Ordinal).ToList();
        return $"NetworkPolicy.networking.k8s.io {GoText.Quote(reading.Policy.Metadata.Name)} is invalid: "
            + (all.Count == 1 ? all[0] : $"[{string.Join(", ", all)}]");
    }

    private static string Summary(ReadOnlySpan<byte> body)
    {
        const int Longest = 30;
        if (body.IsEmpty)
            return "<empty>";
        var start = body.Length > Longest ? body[..Longest] : body;
        var text = body[0] == '{' ? Encoding.UTF8.GetString(start) : Convert.ToHexStringLower(start);
        return body.Length > Longest ? text + " ..." : text;
    }
}
