using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Chooses the labels of a namespace that are worth showing: those that policies ask about, then its own.</summary>
internal sealed class PlaceLabels(Evidence before, Evidence after)
{
    private const int Most = 3;

    private readonly HashSet<string> asked =
    [
        .. before.Snapshot.Policies.Concat(after.Snapshot.Policies)
            .SelectMany(p => (p.Ingress ?? []).Concat(p.Egress ?? []))
            .SelectMany(r => r.Peers).OfType<Peer.PodsIn>()
            .SelectMany(p => p.Namespaces.Requirements).Select(r => r.Key),
    ];

    public ValueList<string> Of(NamespaceBlock block)
    {
        // The name is written on the box; labels of the platform itself say nothing to most readers.
        var shown = block.Labels.Where(l => l.Key != NamespaceBlock.NameLabel)
            .Where(l => asked.Contains(l.Key) || !l.Key.Split('/')[0].EndsWith("kubernetes.io", StringComparison.Ordinal))
            .OrderBy(l => !asked.Contains(l.Key)).Select(l => $"{l.Key}={l.Value}").ToArray();
        return shown.Length <= Most ? [.. shown] : [.. shown.Take(Most), $"{shown.Length - Most} more"];
    }
}
