namespace Podwall.Lab.Api.Patching;

/// <summary>What a PATCH body is: RFC 6902, RFC 7396, or Kubernetes' merge that knows which lists go by a key.</summary>
public enum PatchType
{
    Json,
    Merge,
    StrategicMerge,
}
