using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Podwall.Agent;
using Podwall.Nftables.Kernel;
using Podwall.Policy;
using Podwall.SystemTests.Wiring;

namespace Podwall.SystemTests.Agent;

/// <summary>A node in a network namespace of its own, with pods that have real sockets, and the world beyond.</summary>
internal sealed class Host : IDisposable
{
    public const string NodeName = "node1", Prefix = "pod";

    // The near end of every cable; given to the far ends, since nobody answers who claims an address of the node.
    private const string Hardware = "02:00:00:00:00:01";

    private static int count;

    private readonly string name = $"host{Interlocked.Increment(ref count)}";
    private readonly Dictionary<string, string> pods = [];
    private readonly Dictionary<string, string> cables = [];

    public Host()
    {
        Sandbox.AddNetwork(name);
        In(name, () =>
        {
            foreach (var (key, value) in ((string, string)[])[("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1"), ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"), ("ipv6/conf/default/accept_dad", "0")])
                File.WriteAllText($"/proc/sys/net/{key}", value);
            return 0;
        });
        Ip(name, "link set lo up", "address add 192.0.2.1/32 dev lo", "address add 2001:db8::1/128 dev lo nodad");
        AddEnd("outside", "out", "198.51.100.9", "2001:db8:9::9");
        Conntrack = In(name, () => new Conntrack());
    }

    public Metrics Metrics { get; } = new();

    public StringWriter Log { get; } = new();

    public Conntrack Conntrack { get; }

    public Enforcer NewEnforcer(params ReadOnlySpan<string> ranges) => NewEnforcer(null, null, ranges);

    /// <summary>One that has brought a cluster into force.</summary>
    public Enforcer Enforcing(Pod[] pods, params NetworkPolicy[] policies)
    {
        var enforcer = NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods, policies));
        return enforcer;
    }

    /// <summary>One that suffers what is done to its clock and its table.</summary>
    public Enforcer NewEnforcer(TimeProvider? time, Action<string, bool>? interfere, params ReadOnlySpan<string> ranges) => NewEnforcerOn(() => new() { Interfere = interfere }, time, ranges);

    /// <summary>One that writes a table which is not as others.</summary>
    public Enforcer NewEnforcerOn(Func<KernelTable> table, TimeProvider? time = null, params ReadOnlySpan<string> ranges)
    {
        AgentOptions options = new(NodeName) { PodInterfaces = [$"{Prefix}*"], PodRanges = [.. ranges.ToArray().Select(Cidr.Parse)] };
        return In(name, () => new Enforcer(options, Metrics, new(Log, TimeProvider.System), time ?? TimeProvider.System, table()));
    }

    /// <summary>A table that no agent keeps.</summary>
    public KernelTable NewTable() => In(name, () => new KernelTable());

    /// <summary>A pod on a cable of its own; its number is the last part of its addresses.</summary>
    public Pod AddPod(string pod, int number, string? app = null)
    {
        var (v4, v6) = ($"10.0.0.{number}", $"fd00::{number}");
        AddEnd(pod, $"{Prefix}{number}-{pods.Count}", v4, v6);
        return PodOf(pod, app ?? pod, v4, v6);
    }

    public static Pod PodOf(string pod, string app, params string[] addresses) =>
        new(new("apps", pod), Labels.Of(("app", app))) { Node = NodeName, Addresses = [.. addresses.Select(Address.Parse)] };

    public static IPEndPoint At(string address, int port) => IPEndPoint.Parse(address.Contains(':') ? $"[{address}]:{port}" : $"{address}:{port}");

    public void RemovePod(string pod)
    {
        // A namespace goes only when its last socket does; the cable goes now.
        Ip(name, $"link del {cables[pod]}");
        Sandbox.Command("ip", ["netns", "del", pods[pod]]);
        pods.Remove(pod);
    }

    /// <summary>Runs in the namespace of the node, or of a pod or <c>outside</c>.</summary>
    public T On<T>(string? pod, Func<T> work) => In(pod is null ? name : pods[pod], work);

    /// <summary>Gives an end more addresses, and the node the way to them.</summary>
    public void AddAddresses(string end, IReadOnlyList<string> addresses)
    {
        Ip(pods[end], [.. addresses.Select(a => $"address add {a}/32 dev eth0")]);
        Ip(name, [.. addresses.Select(a => $"route add {a} dev {cables[end]}")]);
    }

    /// <summary>Moves the cables of pods into a bridge, as Flannel wires them.</summary>
    public void Bridge(string bridge, params string[] ends)
    {
        Ip(name, $"link add {bridge} address {Hardware} type bridge", $"link set {bridge} up", $"address add 10.0.0.254/24 dev {bridge}", $"address add fd00::fe/64 dev {bridge} nodad");
        In(name, () =>
        {
            foreach (var setting in new[] { "iptables", "ip6tables" })
                File.WriteAllText($"/proc/sys/net/bridge/bridge-nf-call-{setting}", "1");
            return 0;
        });
        Plug(bridge, ends);
    }

    /// <summary>Moves cables into a bridge that is there.</summary>
    public void Plug(string bridge, params string[] ends)
    {
        foreach (var end in ends)
        {
            var number = cables[end][Prefix.Length..].Split('-')[0];
            Ip(name, $"route del 10.0.0.{number}/32 dev {cables[end]}", $"route del fd00::{number}/128 dev {cables[end]}", $"address flush dev {cables[end]}", $"link set {cables[end]} master {bridge}");
            Ip(pods[end], "address flush dev eth0 scope global", $"address add 10.0.0.{number}/24 dev eth0", $"address add fd00::{number}/64 dev eth0 nodad", "route replace default via 10.0.0.254", "route replace default via fd00::fe");
        }
    }

    /// <summary>Gives an end one more address, of which nobody else knows.</summary>
    public void AddAddress(string end, string address) => Ip(pods[end], $"address add {address} dev eth0{(address.Contains(':') ? " nodad" : "")}");

    /// <summary>Tells an end which hardware address another has, so that it need not ask.</summary>
    public void Introduce(string end, string to, string address)
    {
        var hardware = On(to, () => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().First(i => i.Name == "eth0").GetPhysicalAddress().ToString());
        Ip(pods[end], $"neighbor replace {address} lladdr {string.Join(':', hardware.Chunk(2).Select(c => new string(c)))} dev eth0 nud permanent");
    }

    public void RemoveAddress(string end, string address) => Ip(pods[end], $"address del {address}/{(address.Contains(':') ? 128 : 32)} dev eth0");

    /// <summary>Starts a program in the node's namespace.</summary>
    public Process Start(params string[] command) => Process.Start(new ProcessStartInfo("ip", ["netns", "exec", name, .. command]) { RedirectStandardError = true, RedirectStandardOutput = true })!;

    public void Nft(string script) => Sandbox.Command("ip", ["netns", "exec", name, "nft", "-f", "-"], script);

    /// <summary>Runs a program in the node's namespace and gives what it wrote.</summary>
    public string Node(params string[] command) => Node(command, null);

    /// <summary>The same with something to read.</summary>
    public string Node(string[] command, string? input) => Sandbox.Command("ip", ["netns", "exec", name, .. command], input);

    public Socket Tcp(string? pod, AddressFamily family = AddressFamily.InterNetwork) => On(pod, () => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>A datagram socket of a pod, bound to a port; to any for 0.</summary>
    public Socket Udp(string? pod, int port = 0, AddressFamily family = AddressFamily.InterNetwork)
    {
        var socket = On(pod, () => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
        return socket;
    }

    public Socket Listen(string? pod, int port, AddressFamily family = AddressFamily.InterNetwork)
    {
        var socket = Tcp(pod, family);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
        socket.Listen();
        return socket;
    }

    /// <summary>Sends a datagram and waits until it was counted as dropped.</summary>
    public async Task SendDroppedAsync(Socket sender, IPEndPoint to, string reason, CancellationToken stop, int length = 1)
    {
        var before = Dropped(reason);
        await sender.SendToAsync(new byte[length], to, stop);
        await UntilDroppedAsync(reason, before, stop);
    }

    /// <summary>Tries to connect and waits until the attempt was counted as dropped.</summary>
    public async Task ConnectDroppedAsync(string? from, IPEndPoint to, string reason, CancellationToken stop)
    {
        using var socket = Tcp(from, to.AddressFamily);
        var before = Dropped(reason);
        var connecting = socket.ConnectAsync(to, stop).AsTask();
        await UntilDroppedAsync(reason, before, stop);
        Assert.False(connecting.IsCompletedSuccessfully);
        socket.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
    }

    private async Task UntilDroppedAsync(string reason, ulong before, CancellationToken stop)
    {
        while (Dropped(reason) == before)
        {
            Assert.False(stop.IsCancellationRequested, $"nothing was dropped as {reason}: {string.Join(", ", Metrics.Drops())}");
            await Task.Yield();
        }
    }

    public ulong Dropped(string reason) => Metrics.Drops().GetValueOrDefault(reason);

    public void Dispose()
    {
        Conntrack.Dispose();
        foreach (var pod in pods.Keys.ToArray())
            RemovePod(pod);
        Sandbox.Command("ip", ["netns", "del", name]);
    }

    private void AddEnd(string end, string cable, string v4, string v6)
    {
        var inside = $"{name}-{end}";
        (pods[end], cables[end]) = (inside, cable);
        Sandbox.AddNetwork(inside);
        Ip(name, $"link add {cable} address {Hardware} type veth peer name eth0 netns {inside}", $"link set {cable} up", $"address add fe80::1/64 dev {cable} nodad", $"address add 169.254.1.1/32 dev {cable}", $"route add {v4} dev {cable}", $"route add {v6} dev {cable}");
        Ip(inside, "link set lo up", "link set eth0 up", $"address add {v4}/32 dev eth0", $"address add {v6}/128 dev eth0 nodad",
            "route add 169.254.1.1 dev eth0", $"neighbor add 169.254.1.1 lladdr {Hardware} dev eth0 nud permanent", "route add default via 169.254.1.1", "route add default via fe80::1 dev eth0");
    }

    private static void Ip(string network, params string[] lines) => Sandbox.Command("ip", ["-n", network, "-batch", "-"], string.Join('\n', lines));

    private static T In<T>(string network, Func<T> work) => Sockets.In(network, work);
}
