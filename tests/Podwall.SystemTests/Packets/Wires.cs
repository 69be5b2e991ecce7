using Podwall.Nftables.Kernel;
using Podwall.Policy;
using Podwall.SystemTests.Wiring;

namespace Podwall.SystemTests.Packets;

/// <summary>
/// A node with nine pods and the outside world, as cables only: the namespace that the tests run in is the node, and the
/// far ends of its cables lie in another, where packet sockets send and hear for everybody. The far ends have no
/// addresses, so that nothing answers and nothing is heard that was not sent here.
/// </summary>
internal sealed class Wires
{
    public const int Pods = 9;

    /// <summary>The cable of everything that is no pod.</summary>
    public const int Outside = Pods;

    private readonly int[] descriptors;
    private readonly int[] indexes;
    private readonly Dictionary<Address, int> cables = [];
    private readonly byte[] frame = new byte[2048];
    private uint mark;

    private Wires(int[] descriptors, int[] indexes) => (this.descriptors, this.indexes) = (descriptors, indexes);

    public static Wires Lay()
    {
        Sandbox.AddNetwork("wires");
        foreach (var (name, value) in ((string, string)[])[("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1"), ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"), ("ipv6/conf/default/accept_dad", "0")])
            File.WriteAllText($"/proc/sys/net/{name}", value);
        Sockets.In("wires", () =>
        {
            File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
            return 0;
        });
        List<string> lines = ["link set lo up"];
        for (var i = 0; i <= Pods; i++)
        {
            lines.Add($"link add pod{i} address {Hardware(0, i)} type veth peer name far{i} address {Hardware(1, i)} netns wires");
            lines.Add($"link set pod{i} up");
        }

        lines.Add($"link set pod{Outside} name out");
        lines.Add("address add 192.0.2.1/32 dev lo");
        lines.Add("address add 2001:db8::1/128 dev lo nodad");
        lines.Add($"neighbor add 169.254.1.2 lladdr {Hardware(1, Outside)} dev out nud permanent");
        lines.Add($"neighbor add fe80::2 lladdr {Hardware(1, Outside)} dev out nud permanent");
        lines.Add("route add default via 169.254.1.2 dev out onlink");
        lines.Add("route add default via fe80::2 dev out onlink");
        Ip(lines);
        Sandbox.Command("ip", ["-n", "wires", "-batch", "-"], string.Join('\n', Enumerable.Range(0, Pods + 1).Select(i => $"link set far{i} up")));
        return Sockets.In("wires", () => new Wires([Sockets.Open(Frame.Ipv4), Sockets.Open(Frame.Ipv6)], [.. Enumerable.Range(0, Pods + 1).Select(i => Sockets.IndexOf($"far{i}"))]));
    }

    private static void Ip(List<string> lines) => Sandbox.Command("ip", ["-batch", "-"], string.Join('\n', lines));

    private static string Hardware(int end, int cable) => $"02:00:00:00:0{end}:{cable:x2}";

    private static byte[] HardwareBytes(int end, int cable) => [2, 0, 0, 0, (byte)end, (byte)cable];

    /// <summary>Puts each address at the end of the cable of its pod.</summary>
    public void Connect(IReadOnlyDictionary<Address, int> wanted)
    {
        List<string> lines = [];
        foreach (var (address, cable) in cables.Where(c => !wanted.TryGetValue(c.Key, out var to) || to != c.Value).ToArray())
        {
            lines.Add($"route del {address} dev pod{cable}");
            lines.Add($"neighbor del {address} dev pod{cable}");
            cables.Remove(address);
        }

        foreach (var (address, cable) in wanted.Where(w => !cables.ContainsKey(w.Key)))
        {
            lines.Add($"route add {address} dev pod{cable}");
            lines.Add($"neighbor replace {address} lladdr {Hardware(1, cable)} dev pod{cable} nud permanent");
            cables.Add(address, cable);
        }

        if (lines.Count > 0)
            Ip(lines);
    }

    private int CableOf(Address address) => cables.GetValueOrDefault(address, Outside);

    /// <summary>
    /// Sends the first packet of each flow. It waits until each has arrived or been counted as dropped: what does
    /// neither is lost, and the test fails.
    /// </summary>
    public bool[] Send(KernelTable table, IReadOnlyList<Probe> probes)
    {
        var before = Total(table);
        var arrived = new bool[probes.Count];
        var first = mark + 1;
        var count = 0;
        for (var i = 0; i < probes.Count; i++)
        {
            var (from, to, protocol, port) = probes[i];
            var cable = CableOf(from);
            Sockets.Send(descriptors[from.Family.Order], indexes[cable], Frame.Opening(HardwareBytes(0, cable), HardwareBytes(1, cable), from, to, protocol, port, ++mark));
            if (i % 32 == 31)
                count += Hear(first, arrived, probes);
        }

        var deadline = Environment.TickCount64 + 10_000;
        while (true)
        {
            count += Hear(first, arrived, probes);
            var dropped = (int)(Total(table) - before);
            // A packet may arrive between the two looks.
            count += Hear(first, arrived, probes);
            if (count + dropped == probes.Count)
                return arrived;
            Assert.True(count + dropped < probes.Count && Environment.TickCount64 < deadline,
                $"{probes.Count} packets were sent, {count} arrived, {dropped} were dropped: {string.Join(", ", probes.Where((_, i) => !arrived[i]).Take(5))}");
        }
    }

    private static ulong Total(KernelTable table) => table.Dropped().Values.Aggregate((sum, n) => sum + n);

    private int Hear(uint first, bool[] arrived, IReadOnlyList<Probe> probes)
    {
        var heard = 0;
        foreach (var descriptor in descriptors)
            while (Sockets.TryReceive(descriptor, frame, out var interfaceIndex) is > 0 and var length)
            {
                if (Frame.MarkOf(frame.AsSpan(0, length)) is not { } found || unchecked(found - first) >= arrived.Length)
                    continue;
                var at = (int)(found - first);
                Assert.True(interfaceIndex == indexes[CableOf(probes[at].To)], $"{probes[at]} arrived at the wrong end");
                heard += arrived[at] ? 0 : 1;
                arrived[at] = true;
            }

        return heard;
    }
}

/// <summary>The first packet of a connection.</summary>
internal sealed record Probe(Address From, Address To, Protocol Protocol, int Port);
