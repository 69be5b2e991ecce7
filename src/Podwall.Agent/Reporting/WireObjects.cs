using System.Text.Json.Serialization;

namespace Podwall.Agent.Reporting;

/// <summary>The fields of API objects that the agent writes; absent ones are left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WireEvent))]
[JsonSerializable(typeof(WireLease))]
[JsonSerializable(typeof(WireList))]
internal sealed partial class WireJson : JsonSerializerContext;

internal sealed record WireMetadata
{
    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }
}

/// <summary>A list of which only the metadata matter.</summary>
internal sealed record WireList(IReadOnlyList<WireList.Item>? Items)
{
    internal sealed record Item(WireMetadata? Metadata);
}

/// <summary>An Event of the core group; times in whole seconds, RFC 3339.</summary>
internal sealed record WireEvent
{
    public string? Kind { get; init; }

    public string? ApiVersion { get; init; }

    public WireMetadata? Metadata { get; init; }

    public Reference? InvolvedObject { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public Origin? Source { get; init; }

    public string? FirstTimestamp { get; init; }

    public string? LastTimestamp { get; init; }

    public int? Count { get; init; }

    public string? Type { get; init; }

    public string? ReportingComponent { get; init; }

    public string? ReportingInstance { get; init; }

    internal sealed record Reference(string Kind, string Namespace, string Name, string? Uid, string ApiVersion, string? ResourceVersion);

    internal sealed record Origin(string Component, string Host);
}

/// <summary>A Lease of <c>coordination.k8s.io/v1</c>; times in microseconds, RFC 3339.</summary>
internal sealed record WireLease
{
    public WireMetadata? Metadata { get; init; }

    public Terms? Spec { get; init; }

    internal sealed record Terms
    {
        public string? HolderIdentity { get; init; }

        public int? LeaseDurationSeconds { get; init; }

        public string? AcquireTime { get; init; }

        public string? RenewTime { get; init; }

        public int? LeaseTransitions { get; init; }
    }
}
