using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>
/// What governs some local pods in one direction. Pods that the same policies govern share it, unless a named port of
/// those policies means different numbers on them. It has more than one side only where pods contend for an address:
/// then all sides must allow.
/// </summary>
internal sealed class Signature(Direction direction, Side[] sides, ValueList<ContainerPort> names, string text)
{
    public Direction Direction { get; } = direction;

    public Side[] Sides { get; private set; } = sides;

    /// <summary>What the subject calls its ports, as far as the sides ask.</summary>
    public ValueList<ContainerPort> Names { get; } = names;

    /// <summary>Says all that makes it this signature and no other; its number comes from it.</summary>
    public string Text { get; } = text;

    public uint Id { get; set; }

    /// <summary>Takes the sides of the same signature in a namespace that was compiled anew.</summary>
    public void Follow(Signature same) => Sides = same.Sides;

    public static Signature Of(Direction direction, IReadOnlyList<LabelGroup> subjects)
    {
        Side[] sides = [.. subjects.Select(s => s.SideOf(direction)).OfType<Side>()];
        PortMatch.Named[] asked = direction == Direction.Ingress ? [.. sides.SelectMany(s => s.Rules).SelectMany(r => r.Named)] : [];
        // Of contending pods, only the names that all give in common mean the same.
        var names = asked.Length == 0 ? [] : subjects.Skip(1).Aggregate(subjects[0].NamedPorts, (all, s) => all.Intersect(s.NamedPorts).ToValueList()).Where(p => asked.Any(a => a.Means(p))).ToValueList();
        var text = $"{direction} {string.Join(" & ", sides.Select(s => string.Join(' ', s.Policies)))} {string.Join(' ', names.Select(n => $"{n.Name}={n.Protocol}{n.Number}"))}";
        return new(direction, sides, names, text);
    }
}
