using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Podwall.Kubernetes.Client;

/// <summary>The API's <c>Status</c> object: how it says that something failed, and the answer to some deletes.</summary>
public sealed record ApiStatus
{
    public const string Success = "Success";
    public const string Failure = "Failure";

    [JsonPropertyOrder(-3)] public string Kind { get; init; } = "Status";

    [JsonPropertyOrder(-2)] public string ApiVersion { get; init; } = "v1";

    public StatusMetadata Metadata { get; init; } = new();

    public string? Status { get; init; }

    public string? Message { get; init; }

    /// <summary>For programs: <c>NotFound</c>, <c>Expired</c>, <c>Conflict</c>...; some failures have none.</summary>
    public string? Reason { get; init; }

    public StatusDetails? Details { get; init; }

    /// <summary>The HTTP status that goes with it; 0 is absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Code { get; init; }

    /// <summary>How to read and write it, fields in the API's order and absent ones left out.</summary>
    public static JsonTypeInfo<ApiStatus> JsonType => ClientJson.Default.ApiStatus;
}

/// <summary>Of a list that expired: the version, and a token to go on with, inconsistently.</summary>
public sealed record StatusMetadata
{
    public string? ResourceVersion { get; init; }

    public string? Continue { get; init; }
}

public sealed record StatusDetails
{
    public string? Name { get; init; }

    public string? Group { get; init; }

    /// <summary>The kind of the object, or the plural of its resource.</summary>
    public string? Kind { get; init; }

    public string? Uid { get; init; }

    public StatusCause[]? Causes { get; init; }

    public int? RetryAfterSeconds { get; init; }
}

public sealed record StatusCause
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Field { get; init; }
}
