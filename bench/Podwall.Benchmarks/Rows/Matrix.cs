using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The whole matrix of a snapshot, counted so that no pair is skipped.</summary>
public static class Matrix
{
    /// <summary>How many (pod, other pod, protocol and port range) facts hold.</summary>
    public static long Facts(Connectivity connectivity)
    {
        var facts = 0L;
        foreach (var destination in connectivity.Classes)
            foreach (var inflow in connectivity.Into(destination))
                facts += Pairs(inflow, destination) * RangesOf(inflow.Traffic);
        return facts;
    }

    /// <summary>As <see cref="Facts"/>, with destinations dealt out to all cores.</summary>
    public static long FactsInParallel(Connectivity connectivity)
    {
        var facts = 0L;
        Parallel.ForEach(
            connectivity.Classes,
            () => 0L,
            (destination, _, sum) => sum + connectivity.Into(destination).Sum(inflow => Pairs(inflow, destination) * RangesOf(inflow.Traffic)),
            sum => Interlocked.Add(ref facts, sum));
        return facts;
    }

    /// <summary>The pairs of pods that may use a TCP port.</summary>
    public static long[] Pairs(Connectivity connectivity, ValueList<ushort> ports)
    {
        var pairs = new long[ports.Count];
        foreach (var destination in connectivity.Classes)
            foreach (var inflow in connectivity.Into(destination))
                for (var p = 0; p < ports.Count; p++)
                    if (inflow.Traffic.Contains(Protocol.Tcp, ports[p]))
                        pairs[p] += Pairs(inflow, destination);
        return pairs;
    }

    // A pod and itself are no pair.
    private static long Pairs(Inflow inflow, PodClass destination) =>
        (inflow.PodCount - (inflow.Contains(destination) ? 1L : 0L)) * destination.Pods.Count;

    private static int RangesOf(Traffic traffic) =>
        traffic.Tcp.Ranges.Count() + traffic.Udp.Ranges.Count() + traffic.Sctp.Ranges.Count() + (traffic.PortLess ? 1 : 0);
}
