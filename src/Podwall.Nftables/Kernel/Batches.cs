using System.Runtime.InteropServices;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>Sends what was written to a table: each batch is taken whole or refused whole.</summary>
internal sealed class Batches(NetlinkSocket socket, MessageWriter writer)
{
    // The messages that begin and end a batch.
    private const int Markers = 64;

    private readonly MessageWriter batch = new();

    /// <summary>Stands before and after (true) each batch, by what it is for: tests bring about what no kernel does when asked.</summary>
    public Action<string, bool>? Interfere { get; set; }

    /// <summary>The most bytes of a batch, where the kernel would take more: for tests of what a user without the right to force meets.</summary>
    public int Most { get; set; } = int.MaxValue;

    public long Sent { get; private set; }

    /// <summary>Whether the kernel takes all that is written as one batch.</summary>
    public bool HasRoom => writer.Length + Markers <= Most && socket.HasRoomFor(writer.Length + Markers);

    /// <summary>Sends what was written, as one batch, or as several where the kernel takes no more at once.</summary>
    /// <exception cref="NetlinkException">The kernel refused a batch; those before it are in force.</exception>
    public void Commit(string what)
    {
        writer.End();
        var messages = writer.Written;
        if (HasRoom)
        {
            Commit(messages, what);
            return;
        }

        var room = Math.Min(Most, socket.SendLimit) - Markers;
        for (var start = 0; start < messages.Length;)
        {
            var end = start;
            while (end < messages.Length && end + LengthAt(messages, end) - start <= room)
                end += LengthAt(messages, end);
            if (end == start)
                throw new NetlinkException(NetlinkException.TooLarge, what);
            Commit(messages[start..end], what);
            start = end;
        }
    }

    private static int LengthAt(ReadOnlySpan<byte> messages, int at) => (MemoryMarshal.Read<int>(messages[at..]) + 3) & ~3;

    private void Commit(ReadOnlySpan<byte> messages, string what)
    {
        batch.Clear();
        batch.BeginBatch();
        batch.End();
        batch.Raw(messages);
        batch.EndBatch();
        Interfere?.Invoke(what, false);
        Sent++;
        socket.Send(batch.Written);
        Interfere?.Invoke(what, true);
        // The kernel has decided when the send returns; it answers only to what it refuses.
        NetlinkException? refused = null;
        while (socket.TryReceive(out var answers))
            foreach (var message in answers)
                if (message.Type == NfTables.Error && message.Error != 0)
                    refused ??= new(message.Error, $"{what} (message {message.Sequence})") { Sequence = message.Sequence };
        if (refused is not null)
            throw refused;
    }
}
