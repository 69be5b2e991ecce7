namespace Podwall.Policy;

/// <summary>
/// Pods that exist in both of two compared snapshots and that no policy tells apart in either: one class before and one
/// class after. The pods are those of the later snapshot.
/// </summary>
public sealed class MatchedClass
{
    internal MatchedClass(PodClass before, PodClass after, ValueList<Pod> pods, bool hasChanged) =>
        (Before, After, Pods, HasChanged) = (before, after, pods, hasChanged);

    public PodClass Before { get; }

    public PodClass After { get; }

    public ValueList<Pod> Pods { get; }

    /// <summary>The namespace differs between the snapshots, or an address is contended for.</summary>
    internal bool HasChanged { get; }

    public override string ToString() => Pods.Count == 1 ? Pods[0].ToString() : $"{Pods[0]} and {Pods.Count - 1} like it";
}
