using Podwall.Policy;

namespace Podwall.Kubernetes.Access;

/// <summary>A program that knows how to log in (<c>user.exec</c>; client.authentication.k8s.io).</summary>
internal sealed record ExecPlugin(string ApiVersion, string Command, ValueList<string> Arguments, ValueList<(string Name, string Value)> Variables, string Hint, string Origin)
{
    /// <summary>The cluster as the plugin wants to be told of it; null where it does not ask.</summary>
    public KubeconfigEntry? Cluster { get; private init; }

    /// <exception cref="AccessException">The entry lacks what it needs.</exception>
    public static ExecPlugin Read(KubeconfigEntry user, KubeconfigEntry cluster)
    {
        var exec = user.Mapping("exec")!;
        var version = exec.TextOf("apiVersion") ?? "";
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw user.Fault($"exec.apiVersion '{version}' is not known", "Use client.authentication.k8s.io/v1");
        var command = exec.TextOf("command") is { Length: > 0 } written ? written : throw user.Fault("exec has no command", "Add exec.command");
        // A path with a slash lies relative to the kubeconfig; a bare name is looked up in PATH.
        if (command.Contains('/') && !Path.IsPathRooted(command))
            command = Path.Combine(user.Directory, command);
        return new(version, command, Texts(exec["args"]),
            exec["env"] is SequenceNode env ? env.Items.OfType<MappingNode>().Select(v => (v.TextOf("name") ?? "", v.TextOf("value") ?? "")).ToValueList() : [],
            exec.TextOf("installHint") ?? "", $"{user.Name} ({user.Position})")
        {
            Cluster = exec["provideClusterInfo"] is ScalarNode { Text: "true" } ? cluster : null,
        };
    }

    private static ValueList<string> Texts(TreeNode? node) =>
        node is SequenceNode list ? list.Items.OfType<ScalarNode>().Select(i => i.Text).ToValueList() : [];
}
