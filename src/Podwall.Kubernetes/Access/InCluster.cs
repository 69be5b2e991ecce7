namespace Podwall.Kubernetes.Access;

/// <summary>The access that a cluster gives to its pods.</summary>
public static class InCluster
{
    /// <summary>Null outside a cluster.</summary>
    public static ClusterAccess? Find(Surroundings surroundings)
    {
        var (host, port) = (surroundings.Variable("KUBERNETES_SERVICE_HOST"), surroundings.Variable("KUBERNETES_SERVICE_PORT"));
        var token = Path.Combine(surroundings.ServiceAccount, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
            return null;
        var ns = Path.Combine(surroundings.ServiceAccount, "namespace");
        return new(new Uri($"https://{(host.Contains(':') ? $"[{host}]" : host)}:{port}/"))
        {
            Origin = "the service account of this pod",
            Namespace = File.Exists(ns) ? AccessFiles.Read(ns).Trim() : "default",
            Authority = new Pem.InFile(Path.Combine(surroundings.ServiceAccount, "ca.crt")),
            Credentials = Credentials.OfTokenFile(token, surroundings.Time),
        };
    }
}
