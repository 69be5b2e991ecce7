namespace Podwall.Policy;

/// <summary>Labels that controllers put on pods to tell one revision or replica from another; in a policy they would go stale.</summary>
public static class WorkloadLabels
{
    public static bool IsOfController(string key) => key is "pod-template-hash" or "controller-revision-hash" or "pod-template-generation" or "controller-uid" or "job-name"
        || key.StartsWith("statefulset.kubernetes.io/", StringComparison.Ordinal) || key.StartsWith("apps.kubernetes.io/", StringComparison.Ordinal)
        || key.StartsWith("batch.kubernetes.io/", StringComparison.Ordinal);
}
