namespace Podwall.Kubernetes.Client;

/// <summary>The content types of a PATCH.</summary>
public static class PatchTypes
{
    /// <summary>RFC 6902.</summary>
    public const string Json = "application/json-patch+json";

    /// <summary>RFC 7396.</summary>
    public const string Merge = "application/merge-patch+json";

    /// <summary>Kubernetes' own, which knows the keys of lists.</summary>
    public const string StrategicMerge = "application/strategic-merge-patch+json";

    /// <summary>Server-side apply (KEP-555): the fields that somebody wants, and no others.</summary>
    public const string Apply = "application/apply-patch+yaml";
}
