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
    public int Bury(IReadOnlyCollection<Tomb> tombs)
    {
        const int Few = 1000;
        // A batch is taken whole or not at all.
        return TryBury(tombs) ? 0 : tombs.Chunk(Few).Where(some => !TryBury(some)).Sum(some => some.Length);
    }

    /// <summary>Lets those that are let through now be judged again, and takes away what nobody buried.</summary>
    /// <returns>How many tuples stay cut.</returns>
    public int Lift(Func<Way, bool> lets)
    {
        for (var attempt = 1; ; attempt++)
        {
            var tombs = Read();
            Tomb[] lifted = [.. tombs.Where(t => t.Opening is not { } way || lets(way))];
            // What is lifted is read again: a packet that met it may have brought it back.
            if (lifted.Length == 0 || attempt > Attempts)
                return tombs.Count;
            try
            {
                Send(lifted, add: false);
            }
            catch (NetlinkException silent) when (silent.Error == NetlinkException.NoEntry && attempt < Attempts)
            {
                // One fell silent meanwhile, and a batch that deletes it is refused.
            }
        }
    }

    /// <summary>Writes them into the batch that is being made.</summary>
    public void Write(IReadOnlyCollection<Tomb> tombs, bool add)
    {
        foreach (var family in tombs.GroupBy(t => t.Family))
            writer.Tombstones(Maps.Instance.Tombstone[family.Key], family, add);
    }

    private bool TryBury(IReadOnlyCollection<Tomb> tombs)
    {
        try
        {
            Send(tombs, add: true);
            return true;
        }
        catch (NetlinkException full) when (full.Error == NetlinkException.Full)
        {
            return false;
        }
    }

    private void Send(IReadOnlyCollection<Tomb> tombs, bool add)
    {
        if (tombs.Count == 0)
            return;
        writer.Clear();
        Write(tombs, add);
        batches.Commit("cut connections");
    }
}
