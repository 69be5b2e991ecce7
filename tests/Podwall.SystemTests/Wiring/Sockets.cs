using System.Runtime.InteropServices;

namespace Podwall.SystemTests.Wiring;

/// <summary>Packet sockets and network namespaces, as the kernel gives them.</summary>
internal static partial class Sockets
{
    private const int Packet = 17, Raw = 3, NetworkNamespace = 0x40000000, DontWait = 0x40, OnlyRead = 0;

    /// <summary>Runs on a thread that is in another network namespace; what it opens stays there.</summary>
    public static T In<T>(string networkNamespace, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                var descriptor = Checked(open($"/run/netns/{networkNamespace}", OnlyRead));
                Checked(setns(descriptor, NetworkNamespace));
                _ = close(descriptor);
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>A socket that gets the frames of a protocol (an ether type) that come in on any interface, and can send on each.</summary>
    public static int Open(ushort etherType)
    {
        var descriptor = Checked(socket(Packet, Raw, Swapped(etherType)));
        Checked(bind(descriptor, Address(etherType, 0), 20));
        return descriptor;
    }

    public static void Send(int descriptor, int interfaceIndex, ReadOnlySpan<byte> frame) =>
        Checked((int)sendto(descriptor, frame, frame.Length, 0, Address(0, interfaceIndex), 20));

    /// <summary>The next frame and the interface that it came in on, or nothing.</summary>
    public static int TryReceive(int descriptor, Span<byte> frame, out int interfaceIndex)
    {
        Span<byte> from = stackalloc byte[20];
        var length = 20;
        var received = (int)recvfrom(descriptor, frame, frame.Length, DontWait, from, ref length);
        interfaceIndex = received < 0 ? 0 : MemoryMarshal.Read<int>(from[4..]);
        return received;
    }

    public static int IndexOf(string name) => Checked((int)if_nametoindex(name));

    private static byte[] Address(ushort etherType, int interfaceIndex)
    {
        var address = new byte[20];
        MemoryMarshal.Write(address, (ushort)Packet);
        MemoryMarshal.Write(address.AsSpan(2), Swapped(etherType));
        MemoryMarshal.Write(address.AsSpan(4), interfaceIndex);
        return address;
    }

    private static ushort Swapped(ushort value) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);

    private static int Checked(int result) => result >= 0 ? result : throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int descriptor, ReadOnlySpan<byte> data, nint length, int flags, ReadOnlySpan<byte> address, int addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int descriptor, Span<byte> data, nint length, int flags, Span<byte> address, ref int addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);
}
