namespace Podwall.Nftables.Netlink;

/// <summary>Takes one message of a dump.</summary>
internal delegate void MessageReader(Message message);

/// <summary>Reads everything of one kind from the kernel.</summary>
internal static class Dumping
{
    private const int Attempts = 20;

    /// <summary>Dumps; from the beginning where a change or a full buffer came between.</summary>
    /// <param name="ask">Writes the request.</param>
    /// <param name="restart">Forgets what was read so far.</param>
    /// <exception cref="NetlinkException">The kernel refused, or changes too fast to be read whole.</exception>
    public static void Dump(this NetlinkSocket socket, MessageWriter writer, Action ask, string what, Action restart, MessageReader read)
    {
        for (var attempt = 1; ; attempt++)
        {
            restart();
            ask();
            socket.Send(writer.Written);
            try
            {
                if (ReadAll(socket, what, read))
                    return;
            }
            catch (NetlinkException overrun) when (overrun.Error == NetlinkException.Overrun && attempt < Attempts)
            {
                // The next request throws away the rest.
            }

            if (attempt == Attempts)
                throw new NetlinkException(NetlinkException.Interrupted, what);
        }
    }

    // False where a change came between.
    private static bool ReadAll(NetlinkSocket socket, string what, MessageReader read)
    {
        var isWhole = true;
        while (true)
            foreach (var message in socket.Receive())
            {
                isWhole &= !message.IsInterrupted;
                if (message.Type == NfTables.Done)
                    return isWhole;
                if (message.Type == NfTables.Error)
                    throw new NetlinkException(message.Error, what);
                read(message);
            }
    }
}
