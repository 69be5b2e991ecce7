using System.Globalization;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>What a list or watch asks for, checked as the API server checks it.</summary>
internal sealed record ListOptions
{
    public required Selector Labels { get; init; }

    public required ValueList<FieldTerm> Fields { get; init; }

    public bool IsWatch { get; init; }

    /// <summary>0 for all.</summary>
    public long Limit { get; init; }

    public string Continue { get; init; } = "";

    /// <summary>Empty where none was given.</summary>
    public string ResourceVersion { get; init; } = "";

    public string Match { get; init; } = "";

    public bool AllowsBookmarks { get; init; }

    public bool? SendsInitialEvents { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <exception cref="ApiFailure">Something cannot be read, or does not go with something else.</exception>
    public static ListOptions Parse(IQueryCollection query, ServedResource resource)
    {
        ListOptions options = new()
        {
            Labels = Read(query["labelSelector"], LabelSelectorText.Parse, Selector.Everything),
            Fields = Read(query["fieldSelector"], FieldSelectorText.Parse, []),
            IsWatch = IsTrue(query["watch"]) ?? false,
            Limit = Number(query["limit"]) ?? 0,
            Continue = query["continue"].ToString(),
            ResourceVersion = query["resourceVersion"].ToString(),
            Match = query["resourceVersionMatch"].ToString(),
            AllowsBookmarks = IsTrue(query["allowWatchBookmarks"]) ?? false,
            SendsInitialEvents = IsTrue(query["sendInitialEvents"]),
            Timeout = Number(query["timeoutSeconds"]) is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : null,
        };
        options.CheckFields(resource);
        options.CheckMatch();
        return options;
    }

    public bool Selects(StoredObject item) =>
        Labels.Selects(item.Labels) && Fields.AsEnumerable().All(t => item.Field(t.Field) == t.Value == t.IsEqual);

    /// <summary>The version that was asked for; 0 where any will do.</summary>
    public ulong Version => ResourceVersion.Length == 0 ? 0
        : ulong.TryParse(ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw ApiFailure.Of(500, null, $"resourceVersion: Invalid value: {GoText.Quote(ResourceVersion)}: strconv.ParseUint: parsing {GoText.Quote(ResourceVersion)}: invalid syntax");

    private void CheckFields(ServedResource resource)
    {
        foreach (var (field, _, _) in Fields.AsEnumerable())
            if (field is not ("metadata.name" or "metadata.namespace") && !resource.Fields.Contains(field))
                throw ApiFailure.BadRequest(resource.Fields.Count == 0
                    ? $"{GoText.Quote(field)} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                    : $"field label not supported: {field}");
    }

    private void CheckMatch()
    {
        const string Field = "resourceVersionMatch";
        if (SendsInitialEvents is not null)
        {
            if (!IsWatch)
                throw Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
            if (Match != "NotOlderThan")
                throw Forbidden(Field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            return;
        }

        if (Match.Length == 0)
            return;
        if (IsWatch)
            throw Forbidden(Field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (ResourceVersion.Length == 0)
            throw Forbidden(Field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (Continue.Length > 0)
            throw Forbidden(Field, "resourceVersionMatch is forbidden when continue is provided");
        if (Match is not ("Exact" or "NotOlderThan"))
            throw ApiFailure.InvalidOption(Field, "FieldValueNotSupported", $"Unsupported value: {GoText.Quote(Match)}: supported values: \"Exact\", \"NotOlderThan\", \"\"");
        if (Match == "Exact" && ResourceVersion == "0")
            throw Forbidden(Field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }

    private static ApiFailure Forbidden(string field, string why) => ApiFailure.InvalidOption(field, "FieldValueForbidden", $"Forbidden: {why}");

    private static T Read<T>(string? text, Func<string, T> parse, T none)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? none : parse(text);
        }
        catch (FormatException broken)
        {
            throw ApiFailure.BadRequest(broken.Message);
        }
    }

    // Go's way: what is neither "false" nor "0" is true.
    private static bool? IsTrue(string? text) => string.IsNullOrEmpty(text) ? null : text.ToLowerInvariant() is not ("false" or "0");

    private static long? Number(string? text) => string.IsNullOrEmpty(text) ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiFailure.BadRequest($"strconv.ParseInt: parsing {GoText.Quote(text)}: invalid syntax");
}
