using Podwall.Policy;

namespace Podwall.Kubernetes.Access;

/// <summary>
/// Finds the way to a cluster as kubectl does: an explicit file, else those of KUBECONFIG merged (of two entries with one
/// name the first holds), else <c>~/.kube/config</c>, else what a cluster gives to its pods.
/// </summary>
public static class Kubeconfig
{
    /// <param name="path">An explicit file; null where none is given.</param>
    /// <param name="context">A context instead of the current one.</param>
    /// <exception cref="AccessException">Nothing usable is configured.</exception>
    public static ClusterAccess Load(Surroundings surroundings, string? path = null, string? context = null)
    {
        KubeconfigFile[] files = path is not null
            ? [KubeconfigFile.Read(path)]
            : [.. surroundings.Kubeconfigs.Where(File.Exists).Select(KubeconfigFile.Read)];
        var name = context ?? files.Select(f => f.CurrentContext).FirstOrDefault(c => c is not null);
        if (name is not null)
            return OfContext(files, name, surroundings, path ?? string.Join(':', surroundings.Kubeconfigs));
        if (InCluster.Find(surroundings) is { } inside && path is null)
            return inside;
        var looked = path ?? (surroundings.Kubeconfigs.Count > 0 ? string.Join(" or ", surroundings.Kubeconfigs) : "no place: neither KUBECONFIG nor HOME is set");
        throw new AccessException(
            files.Length > 0 ? $"no current context is set (looked in {looked})" : $"no kubeconfig was found (looked in {looked})",
            files.Length > 0 ? $"Choose one with --context{Listed(files)}" : "Name manifests with -f PATH, or a kubeconfig with --kubeconfig");
    }

    private static ClusterAccess OfContext(KubeconfigFile[] files, string name, Surroundings surroundings, string origin)
    {
        var context = Find(files, "contexts", "context", name) ?? throw new AccessException($"there is no context '{name}' in {origin}",
            Nearest.To(name, files.SelectMany(f => f.Names("contexts"))) is { } near ? $"Did you mean {near}?"[..^1] : $"Choose another with --context{Listed(files)}");
        if (context.Text("cluster") is not { } clusterName || Find(files, "clusters", "cluster", clusterName) is not { } cluster)
            throw context.Fault($"its cluster '{context.Text("cluster")}' is not defined", "Add it under clusters, or correct the name");
        var user = context.Text("user") is { } userName
            ? Find(files, "users", "user", userName) ?? throw context.Fault($"its user '{userName}' is not defined", "Add it under users, or correct the name")
            : null;
        var server = cluster.Text("server") ?? throw cluster.Fault("it has no server", "Add server: https://HOST:PORT");
        var (uri, socket) = Address(cluster, server);
        return new(uri)
        {
            UnixSocket = socket,
            Origin = $"context {name} of {origin}",
            Namespace = context.Text("namespace") ?? "default",
            Authority = cluster.Pem("certificate-authority"),
            SkipsVerification = cluster.IsTrue("insecure-skip-tls-verify"),
            SkipsCompression = cluster.IsTrue("disable-compression"),
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = cluster.Text("proxy-url") is { } proxy ? ProxyOf(cluster, proxy) : null,
            Credentials = user is null ? Credentials.None : CredentialsOf(user, cluster, surroundings),
            Headers = user is null ? [] : Impersonation(user),
        };
    }

    private static KubeconfigEntry? Find(KubeconfigFile[] files, string section, string field, string name) =>
        files.Select(f => f.Find(section, field, name)).FirstOrDefault(e => e is not null);

    private static string Listed(KubeconfigFile[] files) =>
        files.SelectMany(f => f.Names("contexts")).Distinct().Take(8).ToArray() is { Length: > 0 } names ? $" (there are {string.Join(", ", names)})" : "";

    private static (Uri Server, string? Socket) Address(KubeconfigEntry cluster, string server)
    {
        const string Unix = "unix://";
        if (server.StartsWith(Unix, StringComparison.Ordinal))
            return (new("http://localhost"), server[Unix.Length..]);
        var written = server.Contains("://", StringComparison.Ordinal) ? server : $"http://{server}";
        return Uri.TryCreate(written.EndsWith('/') ? written : $"{written}/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? (uri!, null)
            : throw cluster.Fault($"'{server}' is no address of a server", "Write server: https://HOST:PORT");
    }

    private static Uri ProxyOf(KubeconfigEntry cluster, string proxy) =>
        Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri!
            : throw cluster.Fault($"'{proxy}' is no address of a proxy", "Write proxy-url: http://HOST:PORT, https:// or socks5://");

    private static Credentials CredentialsOf(KubeconfigEntry user, KubeconfigEntry cluster, Surroundings surroundings)
    {
        if (user.Mapping("auth-provider") is not null)
            throw user.Fault("auth-provider is no longer part of Kubernetes", "Use an exec plugin of your provider instead");
        // A token file wins over a token, and both over a plugin, as in kubectl.
        var credentials = user.PathOf("tokenFile") is { } path ? Credentials.OfTokenFile(path, surroundings.Time)
            : user.Text("token") is { } token ? Credentials.OfToken(token)
            : user.Text("username") is { } name ? Credentials.OfPassword(name, user.Text("password") ?? "")
            : user.Mapping("exec") is not null ? new ExecCredentials(ExecPlugin.Read(user, cluster), surroundings)
            : Credentials.None;
        var (certificate, key) = (user.Pem("client-certificate"), user.Pem("client-key"));
        return (certificate, key) switch
        {
            (null, null) => credentials,
            ({ } shown, { } secret) => credentials.WithCertificate(shown, secret),
            _ => throw user.Fault("a client certificate and its key must both be given", "Add what is missing of client-certificate and client-key"),
        };
    }

    private static ValueList<(string, string)> Impersonation(KubeconfigEntry user)
    {
        List<(string, string)> headers = [];
        foreach (var (field, header) in new[] { ("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid") })
            if (user.Text(field) is { } value)
                headers.Add((header, value));
        if (user.Node?["as-groups"] is SequenceNode groups)
            headers.AddRange(groups.Items.OfType<ScalarNode>().Select(g => ("Impersonate-Group", g.Text)));
        foreach (var extra in user.Mapping("as-user-extra")?.Entries ?? [])
            if (extra.Value is SequenceNode values)
                headers.AddRange(values.Items.OfType<ScalarNode>().Select(v => ($"Impersonate-Extra-{Uri.EscapeDataString(extra.Key)}", v.Text)));
        return headers.ToValueList();
    }
}
