namespace Podwall.Lab.Api.Patching;

/// <summary>The lists that a strategic merge merges item by item (<c>x-kubernetes-patch-merge-key</c>); all others are replaced whole.</summary>
internal static class MergeKeys
{
    // By the end of the path, since pod templates stand at several depths.
    private static readonly (string Path, string Key)[] Lists =
    [
        (".metadata.finalizers", ""),
        (".metadata.ownerReferences", "uid"),
        (".containers", "name"),
        (".initContainers", "name"),
        (".ephemeralContainers", "name"),
        ("ontainers.ports", "containerPort"),
        ("ontainers.env", "name"),
        ("ontainers.volumeMounts", "mountPath"),
        ("ontainers.volumeDevices", "devicePath"),
        (".spec.volumes", "name"),
        (".spec.imagePullSecrets", "name"),
        (".spec.hostAliases", "ip"),
        (".spec.topologySpreadConstraints", "topologyKey"),
        (".spec.taints", "key"),
        (".spec.podCIDRs", ""),
        (".spec.ports", "port"),
        (".status.conditions", "type"),
        (".status.podIPs", "ip"),
        (".status.hostIPs", "ip"),
        (".status.addresses", "type"),
        (".secrets", "name"),
    ];

    /// <summary>The key of the list at a path; empty for a list of plain values, null for one that is replaced.</summary>
    public static string? Of(string path)
    {
        foreach (var (end, key) in Lists)
            if (path.EndsWith(end, StringComparison.Ordinal))
                return key;
        return null;
    }
}
