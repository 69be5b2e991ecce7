using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Keeps one copy of equal label sets: ten thousand pods have a few hundred.</summary>
internal sealed class LabelPool
{
    private readonly Dictionary<Labels, Labels> kept = [];

    public Labels Of(ValueList<Label> labels)
    {
        var fresh = Labels.Of(labels.Select(l => (l.Key, l.Value)));
        if (kept.TryGetValue(fresh, out var known))
            return known;
        kept.Add(fresh, fresh);
        return fresh;
    }
}
