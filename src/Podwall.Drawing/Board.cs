using Podwall.Drawing.Gathering;
using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>
/// The namespace board: who may connect to whom, as one picture, at one state of a cluster or between two. Every renderer
/// draws this record and adds no fact to it.
/// </summary>
public sealed class Board
{
    internal Board(bool isComparison, ValueList<Place> places, ValueList<Connection> connections, ValueList<string> notes) =>
        (IsComparison, Places, Connections, Notes) = (isComparison, places, connections, notes);

    /// <summary>Whether the board shows a before and an after.</summary>
    public bool IsComparison { get; }

    /// <summary>Namespaces by name; the world outside comes first, where an arrow touches it.</summary>
    public ValueList<Place> Places { get; }

    public ValueList<Connection> Connections { get; }

    /// <summary>What the picture leaves out or draws together.</summary>
    public ValueList<string> Notes { get; }

    /// <summary>Its place among the connections, by which a picture names it.</summary>
    internal int NumberOf(Connection connection)
    {
        for (var i = 0; ; i++)
            if (ReferenceEquals(Connections[i], connection))
                return i;
    }

    public IEnumerable<Card> Cards => Places.SelectMany(p => p.Cards);

    public static Board Of(Compiled compiled, BoardLimits? limits = null, BoardLens? lens = null)
    {
        var evidence = new Evidence(compiled);
        return BoardBuilder.Build(evidence, evidence, limits ?? BoardLimits.Default, lens ?? BoardLens.Everything);
    }

    /// <summary>One board of two states: both are drawn with the same places and cards, so that only the change differs.</summary>
    public static Board Between(Compiled before, Compiled after, BoardLimits? limits = null, BoardLens? lens = null) =>
        BoardBuilder.Build(new(before), new(after), limits ?? BoardLimits.Default, lens ?? BoardLens.Everything);
}
