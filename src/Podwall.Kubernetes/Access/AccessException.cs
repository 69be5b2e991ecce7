namespace Podwall.Kubernetes.Access;

/// <summary>The way to a cluster is not, or wrongly, configured: what is wrong, where, and what to do, in one line.</summary>
public sealed class AccessException(string what, string fix) : Exception($"{what}. {fix}.")
{
    public string What => what;

    public string Fix => fix;
}
