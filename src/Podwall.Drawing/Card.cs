using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>One end that arrows can have: pods of a place that are drawn as one, or addresses outside the cluster.</summary>
public sealed class Card
{
    internal Card(string place, string name) => (Place, Name) = (place, name);

    /// <summary>The name of the place that holds it.</summary>
    public string Place { get; }

    public string Name { get; }

    /// <summary>What tells its pods from others, as far as policies ask; or what was folded into the card.</summary>
    public string Detail { get; internal init; } = "";

    /// <summary>The pods of both phases; none for addresses.</summary>
    public ValueList<PodId> Pods { get; internal init; } = [];

    /// <summary>The addresses, for a card outside the cluster.</summary>
    public AddressSet Addresses { get; internal init; } = AddressSet.Empty;

    public bool IsOutside => !Addresses.IsEmpty;

    /// <summary>The marks at a phase; null where the card has no pods then, and for addresses.</summary>
    public Marks? Marks(Phase phase) => phase == Phase.Before ? Before : After;

    /// <summary>Whether the card has pods, or addresses, at a phase.</summary>
    public bool Exists(Phase phase) => IsOutside || Marks(phase) is not null;

    public string Title => Pods.Count > 1 ? $"{Name} ×{Pods.Count}" : Name;

    internal Marks? Before { get; init; }

    internal Marks? After { get; init; }

    /// <summary>Whether it stands for all pods of its place, whatever their class.</summary>
    public bool IsWholePlace { get; internal init; }

    public override string ToString() => IsOutside ? Name : IsWholePlace ? $"{Place}/*" : $"{Place}/{Name}";
}
