using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>To what degree policies isolate the pods of a namespace, at both phases.</summary>
internal readonly record struct Profile(Mark IngressBefore, Mark EgressBefore, Mark IngressAfter, Mark EgressAfter)
{
    public static Profile Of(Unit[] units) => new(
        Degree(units, Phase.Before, Direction.Ingress),
        Degree(units, Phase.Before, Direction.Egress),
        Degree(units, Phase.After, Direction.Ingress),
        Degree(units, Phase.After, Direction.Egress));

    private static Mark Degree(Unit[] units, Phase phase, Direction direction)
    {
        var there = units.Where(u => u.Exists(phase)).ToArray();
        var isolated = there.Count(u => u.IsIsolated(phase, direction));
        return isolated == 0 ? Mark.Open : isolated == there.Length ? Mark.Isolated : Mark.Partly;
    }
}
