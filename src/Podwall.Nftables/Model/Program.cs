namespace Podwall.Nftables.Model;

/// <summary>A rule: its steps, and what it does in words.</summary>
public sealed record Rule(string Comment, IReadOnlyList<Expression> Steps);

/// <summary>Where the kernel calls a chain.</summary>
public sealed record Hook(string Name, uint Number, int Priority);

public sealed record Chain(string Name, Hook? Hook, IReadOnlyList<Rule> Rules);

/// <summary>The kinds of packets that a table sees (<c>NFPROTO_*</c> of <c>linux/netfilter.h</c>).</summary>
public enum TableFamily : byte
{
    /// <summary>IPv4 and IPv6 that the host takes, sends or forwards.</summary>
    Inet = 1,

    /// <summary>Frames that a bridge of the host takes in.</summary>
    Bridge = 7,
}

/// <summary>The fixed part of a table: sets, chains and rules that never change. What is decided is only the content of the maps.</summary>
public abstract class Program(TableFamily family, TableMaps maps, IReadOnlyList<string> counters)
{
    public const string Table = "podwall";

    public TableFamily Family { get; } = family;

    /// <summary>The counters of packets that were dropped, by the reason.</summary>
    public IReadOnlyList<string> Counters { get; } = counters;

    public abstract IReadOnlyList<Chain> Chains { get; }

    internal TableMaps Shapes { get; } = maps;

    /// <summary>As nft names it.</summary>
    public override string ToString() => $"{(Family == TableFamily.Inet ? "inet" : "bridge")} {Table}";
}
