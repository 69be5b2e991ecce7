namespace Podwall.Lab.Workloads;

/// <summary>The parts of a pod that say nothing to a policy, the same in all.</summary>
internal static class PodBulk
{
    public static ReadOnlySpan<byte> Image => "registry.example.com/platform/service:1.24.3"u8;

    public static ReadOnlySpan<byte> Annotations =>
        """{"checksum/config":"6f1ed002ab5595859014ebf0951522d9c2f6d3a1b7b5a0c1de3c55d8a4f2c9e7","prometheus.io/port":"9090","prometheus.io/scrape":"true"}"""u8;

    public static ReadOnlySpan<byte> Volumes =>
        """
        [{"name":"config","configMap":{"name":"service-config","defaultMode":420}},{"name":"kube-api-access","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}]
        """u8;

    public static ReadOnlySpan<byte> Environment =>
        """
        [{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}},{"name":"LOG_LEVEL","value":"info"}]
        """u8;

    public static ReadOnlySpan<byte> Resources => """{"limits":{"memory":"512Mi"},"requests":{"cpu":"100m","memory":"256Mi"}}"""u8;

    public static ReadOnlySpan<byte> Mounts =>
        """
        [{"name":"config","readOnly":true,"mountPath":"/etc/service"},{"name":"kube-api-access","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]
        """u8;

    public static ReadOnlySpan<byte> Probe =>
        """{"httpGet":{"path":"/healthz","port":8081,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}"""u8;

    public static ReadOnlySpan<byte> Tolerations =>
        """
        [{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]
        """u8;

    public static ReadOnlySpan<byte> Conditions =>
        """
        [{"type":"Initialized","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"ContainersReady","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]
        """u8;

    public static ReadOnlySpan<byte> ContainerStatuses =>
        """
        [{"name":"main","state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},"lastState":{},"ready":true,"restartCount":0,"image":"registry.example.com/platform/service:1.24.3","imageID":"registry.example.com/platform/service@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","started":true}]
        """u8;
}
