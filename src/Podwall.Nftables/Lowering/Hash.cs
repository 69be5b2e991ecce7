using System.Text;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>Hashes that are the same in every process, so that a restart finds in the kernel what it would write.</summary>
internal static class Hash
{
    public static ulong Of(Address address) => address.Family == IpFamily.V4
        ? Mixed((ulong)address.Bits)
        : Mixed((ulong)(address.Bits >> 64) ^ Mixed((ulong)(address.Bits & ulong.MaxValue) | 1UL << 63));

    /// <summary>FNV-1a, mixed.</summary>
    public static ulong Of(string text)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var value in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ value) * 0x100000001b3);
        return Mixed(hash);
    }

    public static ulong Of(ulong seed, ElementKey key, ulong value)
    {
        var hash = seed;
        foreach (var part in (ReadOnlySpan<ulong>)[(ulong)(key.First >> 64), (ulong)(key.First & ulong.MaxValue), (ulong)(key.Second >> 64), (ulong)(key.Second & ulong.MaxValue), value])
            hash = Mixed(unchecked(hash + 0x9e3779b97f4a7c15) ^ part);
        return hash;
    }

    // The finalizer of SplitMix64: every bit of the input moves every bit of the output.
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
            value = (value ^ value >> 27) * 0x94d049bb133111eb;
            return value ^ value >> 31;
        }
    }
}
