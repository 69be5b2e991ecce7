using System.Runtime.InteropServices;
using Podwall.Policy;

namespace Podwall.Nftables.Netlink;

/// <summary>Requests about interfaces, addresses and routes (<c>rtnetlink(7)</c>).</summary>
internal static class RouteRequests
{
    /// <summary>Begins a request: its header has the family first and, where it has one, the index of an interface at the fifth byte.</summary>
    public static void Route(this MessageWriter writer, ushort type, RequestFlags flags, int headerLength, IpFamily? family = null, int index = 0)
    {
        const byte V4 = 2, V6 = 10;
        writer.Clear();
        writer.Begin(type, flags);
        Span<byte> header = stackalloc byte[headerLength];
        header.Clear();
        header[0] = family is { } one ? one == IpFamily.V4 ? V4 : V6 : (byte)0;
        MemoryMarshal.Write(header[4..], index);
        writer.Raw(header);
    }
}
