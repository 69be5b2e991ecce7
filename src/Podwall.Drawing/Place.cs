using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>A box of the board: a namespace, several namespaces folded into one box, or the world outside the cluster.</summary>
public sealed class Place
{
    internal Place(string name, ValueList<string> namespaces, ValueList<Card> cards) => (Name, Namespaces, Cards) = (name, namespaces, cards);

    public string Name { get; }

    /// <summary>The namespaces in the box; none for the world outside.</summary>
    public ValueList<string> Namespaces { get; }

    public ValueList<Card> Cards { get; }

    /// <summary>The labels worth showing, those that policies ask about first.</summary>
    public ValueList<string> Labels { get; internal init; } = [];

    /// <summary>False where no object declares the namespace, so that its labels are not known.</summary>
    public bool IsDeclared { get; internal init; } = true;

    /// <summary>Whether the cards are all there is in the place: addresses that no arrow touches have no card.</summary>
    internal bool IsComplete { get; init; } = true;

    public bool IsOutside => Namespaces.Count == 0;

    public int PodCount => Cards.Sum(c => c.Pods.Count);

    public override string ToString() => Name;
}
