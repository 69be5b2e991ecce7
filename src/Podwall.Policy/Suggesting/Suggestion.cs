namespace Podwall.Policy.Suggesting;

/// <summary>
/// Changes that together flip a verdict, verified by deciding again. <see cref="Effects"/> are the other connections that
/// they open (or close, where they deny), and <see cref="Cost"/> counts those: (pod, pod, protocol and port) facts and
/// outside addresses, on a scale on which fewer is smaller.
/// </summary>
public sealed record Suggestion(ValueList<Change> Changes, bool Opens, ValueList<Effect> Effects, double Cost);

/// <summary>
/// A connection between some pods or addresses that a change opens or closes; <see cref="OnlyOver"/> is a family where
/// the other one stays as it is.
/// </summary>
public sealed record Effect(string From, string To, Traffic Traffic, IpFamily? OnlyOver = null)
{
    public override string ToString() => $"{From} -> {To}: {Traffic}{(OnlyOver is { } family ? $" over {family} only" : "")}";
}
