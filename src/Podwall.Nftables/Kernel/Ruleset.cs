using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>Everybody's rules, to look at only.</summary>
public static class Ruleset
{
    /// <summary>The tables and chains of all families in this network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    public static List<(string Table, string Chain)> Chains()
    {
        using NetlinkSocket socket = new();
        MessageWriter writer = new();
        List<(string, string)> chains = [];
        socket.Dump(writer, () =>
        {
            writer.Clear();
            writer.Begin(NfTables.Message.GetChain, RequestFlags.Dump, 0);
            writer.End();
        }, "read the chains", chains.Clear, message =>
        {
            var chain = HeldChain.Of(message);
            chains.Add((chain.Table, chain.Name));
        });
        return chains;
    }
}
