using System.Runtime.InteropServices;

namespace Podwall.Nftables.Netlink;

/// <summary>The kernel refused, or could not be asked.</summary>
public sealed class NetlinkException(int error, string what)
    : Exception($"{what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})")
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int Invalid = 22;

    /// <summary>A set has as many elements as it may have.</summary>
    public const int Full = 23;
    public const int TooLarge = 90;
    public const int NotSupported = 95;
    public const int UnknownFamily = 97;
    public const int Overrun = 105;

    /// <summary>The number of the message that was refused; 0 where there is none.</summary>
    internal uint Sequence { get; init; }

    /// <summary>The <c>errno</c> of the refusal.</summary>
    public int Error { get; } = error;
}

/// <summary>A socket to the netfilter part of the kernel (or to another), in the network namespace of the thread that opened it.</summary>
internal sealed partial class NetlinkSocket : IDisposable
{
    private const int NetlinkFamily = 16, Raw = 3, CloseOnExec = 0x80000;
    private const int SocketLevel = 1, SendBuffer = 7, ReceiveBuffer = 8, SendBufferForce = 32, ReceiveBufferForce = 33;
    private const int DontWait = 0x40;

    private readonly int descriptor;
    private readonly byte[] received = new byte[1 << 20];
    private int sendLimit;

    public NetlinkSocket(NetlinkProtocol protocol = NetlinkProtocol.Netfilter)
    {
        descriptor = Checked(socket(NetlinkFamily, Raw | CloseOnExec, (int)protocol), "open a netlink socket");
        Span<byte> address = stackalloc byte[12];
        MemoryMarshal.Write(address, (ushort)NetlinkFamily);
        Checked(bind(descriptor, address, address.Length), "bind a netlink socket");
        Set(ReceiveBufferForce, ReceiveBuffer, 8 << 20);
        sendLimit = 0;
    }

    public int Descriptor => descriptor;

    /// <summary>Whether a send of this size goes through, after asking the kernel for the room.</summary>
    public bool HasRoomFor(int length)
    {
        if (length <= sendLimit)
            return true;
        // The kernel doubles what is asked for, and keeps a little for itself.
        Set(SendBufferForce, SendBuffer, length);
        sendLimit = Math.Max(0, Get(SendBuffer) - 64);
        return length <= sendLimit;
    }

    /// <summary>The most bytes that one send can hold without a right that is not given in a user namespace.</summary>
    public int SendLimit
    {
        get
        {
            HasRoomFor(int.MaxValue / 4);
            return sendLimit;
        }
    }

    public void Send(ReadOnlySpan<byte> messages)
    {
        Drain();
        Checked((int)send(descriptor, messages, messages.Length, 0), "send to the kernel");
    }

    /// <summary>Throws away what is there: answers to an earlier request, one whose answers overran.</summary>
    /// <returns>Whether anything was there.</returns>
    public bool Drain()
    {
        var was = false;
        while (recv(descriptor, received, received.Length, DontWait) > 0 || Marshal.GetLastPInvokeError() == NetlinkException.Overrun)
            was = true;
        return was;
    }

    /// <summary>Waits for the next datagram.</summary>
    public Messages Receive() => new(received.AsSpan(0, Checked((int)recv(descriptor, received, received.Length, 0), "receive from the kernel")));

    /// <summary>The next datagram, if one is there already.</summary>
    public bool TryReceive(out Messages messages)
    {
        const int Again = 11;
        var length = (int)recv(descriptor, received, received.Length, DontWait);
        messages = length > 0 ? new(received.AsSpan(0, length)) : default;
        if (length < 0 && Marshal.GetLastPInvokeError() is not Again and var error)
            throw new NetlinkException(error, "receive from the kernel");
        return length > 0;
    }

    public void Join(int group) => Checked(setsockopt(descriptor, 270, 1, group, sizeof(int)), "listen to the kernel");

    /// <summary>Has requests read to the letter, which filters of route dumps need.</summary>
    public void ReadStrictly() => Checked(setsockopt(descriptor, 270, 12, 1, sizeof(int)), "have requests read strictly");

    public void Dispose() => _ = close(descriptor);

    // Beyond the stock limit only where the right is given; within it otherwise.
    private void Set(int forced, int stock, int value)
    {
        if (setsockopt(descriptor, SocketLevel, forced, value, sizeof(int)) < 0)
            _ = setsockopt(descriptor, SocketLevel, stock, value, sizeof(int));
    }

    private int Get(int option)
    {
        var (value, length) = (0, sizeof(int));
        Checked(getsockopt(descriptor, SocketLevel, option, ref value, ref length), "ask for a buffer's size");
        return value;
    }

    private static int Checked(int result, string what) => result >= 0 ? result : throw new NetlinkException(Marshal.GetLastPInvokeError(), what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int option, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, ref int value, ref int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, ReadOnlySpan<byte> data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, Span<byte> data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}

/// <summary>The parts of the kernel that netlink reaches (<c>linux/netlink.h</c>).</summary>
internal enum NetlinkProtocol
{
    Route = 0,
    Netfilter = 12,
}
