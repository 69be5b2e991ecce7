namespace Podwall.Policy.Compiling;

/// <summary>
/// Keeps one object for all rules that name the same traffic: a cluster knows few port lists, and verdicts run faster
/// while these few stay in the processor's cache.
/// </summary>
internal sealed class TrafficPool
{
    private readonly Lock adding = new();
    private readonly Dictionary<Traffic, Traffic> known = [];

    public Traffic The(Traffic traffic)
    {
        lock (adding)
            return known.TryAdd(traffic, traffic) ? traffic : known[traffic];
    }
}
