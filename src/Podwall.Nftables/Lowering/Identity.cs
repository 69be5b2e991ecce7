using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>
/// Peers that no local policy tells apart. Its number comes from one of its members, the one whose address has the least
/// hash: so it depends on the present members alone, and rarely changes when one comes or goes.
/// </summary>
internal sealed class Identity(ValueList<Row> rows)
{
    /// <summary>What selects the members; more than one where pods contend for the address: then all must allow.</summary>
    public ValueList<Row> Rows { get; } = rows;

    public uint Id { get; set; }

    public int Members { get; set; }

    /// <summary>The least hash of a member's address.</summary>
    public ulong Least { get; set; } = ulong.MaxValue;

    /// <summary>The pairs that the maps hold for it.</summary>
    public List<Pair> Pairs { get; set; } = [];

    public void Take(ulong hash)
    {
        Members++;
        Least = Math.Min(Least, hash);
    }
}

/// <summary>What a signature allows an identity.</summary>
internal readonly record struct Pair(Direction Direction, uint Signature, Traffic Traffic);
