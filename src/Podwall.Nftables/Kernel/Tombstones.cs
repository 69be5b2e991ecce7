using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>The connections that a table keeps cut, until they fall silent.</summary>
internal sealed class Tombstones(Program program, MessageWriter writer, Batches batches, TableReader reader)
{
    private const int Attempts = 5;

    /// <summary>All of them; none where there is no table of this program.</summary>
    public IReadOnlyList<Tomb> Read()
    {
        try
        {
            return program.Shapes.Tombstones.Any() ? reader.Tombs() : [];
        }
        catch (NetlinkException missing) when (missing.Error == NetlinkException.NoEntry)
        {
            return [];
        }
    }

    /// <summary>Keeps connections cut, as many as there is room for: a set that packets renew holds 65,535 tuples (<c>nft_dynset.c</c>).</summary>
    /// <returns>How many tuples found none.</returns>
    public int Bury(IReadOnlyCollection<Tomb> tombs) => Send(tombs, add: true, NetlinkException.Full);

    /// <summary>Lets those that are let through now be judged again, and takes away what nobody buried.</summary>
    /// <returns>How many tuples stay cut, as far as is known.</returns>
    public int Lift(Func<Way, bool> lets)
    {
        for (var attempt = 1; ; attempt++)
        {
            var tombs = Read();
            Tomb[] lifted = [.. tombs.Where(t => t.Opening is not { } way || lets(way))];
            // What is lifted is read again: a packet that met it may have brought it back, and of those that fall silent
            // meanwhile the kernel refuses to delete any.
            if (lifted.Length == 0 || attempt > Attempts)
                return tombs.Count;
            Send(lifted, add: false, NetlinkException.NoEntry);
        }
    }

    /// <summary>Writes them into the batch that is being made.</summary>
    public void Write(IReadOnlyCollection<Tomb> tombs, bool add)
    {
        foreach (var family in tombs.GroupBy(t => t.Family))
            writer.Tombstones(Maps.Instance.Tombstone[family.Key], family, add);
    }

    // A batch is taken whole or not at all: where it is refused for this reason, it is tried in small ones.
    private int Send(IReadOnlyCollection<Tomb> tombs, bool add, int reason)
    {
        const int Few = 1000;
        return IsTaken(tombs) ? 0 : tombs.Chunk(Few).Where(some => !IsTaken(some)).Sum(some => some.Length);

        bool IsTaken(IReadOnlyCollection<Tomb> some)
        {
            if (some.Count == 0)
                return true;
            writer.Clear();
            Write(some, add);
            try
            {
                batches.Commit("cut connections");
                return true;
            }
            catch (NetlinkException refused) when (refused.Error == reason)
            {
                return false;
            }
        }
    }
}
