namespace Podwall.Kubernetes.Access;

/// <summary>What a process finds around it: its environment, and where a cluster leaves credentials for its pods.</summary>
public sealed record Surroundings(Func<string, string?> Variable)
{
    public static Surroundings OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Nothing is configured; for tests.</summary>
    public static Surroundings Empty { get; } = new(_ => null);

    public string ServiceAccount { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The kubeconfigs that kubectl would merge, first wins: those of <c>KUBECONFIG</c>, else the one in the home directory.</summary>
    public IReadOnlyList<string> Kubeconfigs => Variable("KUBECONFIG") is { Length: > 0 } list
        ? [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct()]
        : Variable("HOME") is { Length: > 0 } home ? [Path.Combine(home, ".kube", "config")] : [];
}
