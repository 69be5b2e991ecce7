using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Podwall.Policy;
using Podwall.SystemTests.Wiring;

namespace Podwall.Benchmarks.Rows;

/// <summary>Two pods on cables of their own, with this namespace as their node, and what they send each other.</summary>
internal sealed class PodPair
{
    private const int Connects = 4_000, Rounds = 20_000, Chunks = 3_000;

    private static readonly string[] Addresses = ["10.0.0.1", "10.0.0.2"];

    public PodPair()
    {
        Command("mount", "-t tmpfs none /run");
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
        Command("ip", "link set lo up");
        foreach (var (i, address) in Addresses.Index())
        {
            Command("ip", $"netns add p{i}");
            Command("ip", $"link add pod{i} address 02:00:00:00:00:01 type veth peer name eth0 netns p{i}");
            Command("ip", $"link set pod{i} up");
            Command("ip", $"route add {address} dev pod{i}");
            foreach (var line in new[] { "link set lo up", "link set eth0 up", $"address add {address}/32 dev eth0", "route add 169.254.1.1 dev eth0", "neighbor add 169.254.1.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent", "route add default via 169.254.1.1" })
                Command("ip", $"-n p{i} {line}");
        }
    }

    public const string Namespace = "pair";

    /// <summary>A cluster with the pair on its first node: the second takes datagrams of the first on these ports, and nothing else.</summary>
    public static Snapshot In(Snapshot cluster, ushort first, ushort last)
    {
        var node = cluster.Nodes[0].Name;
        NetworkPolicy letsIn = new(new(Namespace, "from-p0"), Selector.Of(("app", "p1")), [new([new Peer.PodsHere(Selector.Of(("app", "p0")))], [new PortMatch.Numbered(Protocol.Udp, new(first, last))])], Egress: null);
        return new([.. cluster.Namespaces, new(Namespace, Labels.None, [Of(0, node), Of(1, node)], [letsIn])], cluster.Nodes);
    }

    /// <summary>The pods as the engine knows them.</summary>
    public static Pod Of(int number, string node) => new(new(Namespace, $"p{number}"), Labels.Of(("app", $"p{number}"))) { Node = node, Addresses = [Address.Parse(Addresses[number])] };

    /// <summary>The mean time of a TCP connection from opening to reset, one after the other.</summary>
    public static TimeSpan Connect()
    {
        using var listener = Sockets.In("p1", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Any, 7000));
        listener.Listen(1024);
        var accepting = Task.Run(() =>
        {
            // The client ends it, by a reset.
            var buffer = new byte[1];
            for (var i = 0; i < Connects; i++)
            {
                using var accepted = listener.Accept();
                accepted.Receive(buffer, 0, 1, SocketFlags.None, out _);
            }
        });
        IPEndPoint target = IPEndPoint.Parse($"{Addresses[1]}:7000");
        var spent = Sockets.In("p0", () =>
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Connects; i++)
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
                socket.Connect(target);
            }

            return watch.Elapsed;
        });
        accepting.Wait();
        return spent / Connects;
    }

    /// <summary>The mean time of a datagram there and back.</summary>
    public static TimeSpan Ask()
    {
        using var server = Udp("p1", 7001);
        using var client = Udp("p0", 7002);
        IPEndPoint there = IPEndPoint.Parse($"{Addresses[1]}:7001"), back = IPEndPoint.Parse($"{Addresses[0]}:7002");
        SocketAddress from = new(AddressFamily.InterNetwork), to = back.Serialize(), target = there.Serialize();
        var serving = Task.Factory.StartNew(() =>
        {
            var buffer = new byte[16];
            for (var i = 0; i < Rounds; i++)
            {
                server.ReceiveFrom(buffer, SocketFlags.None, from);
                server.SendTo(buffer.AsSpan(0, 1), SocketFlags.None, to);
            }
        }, TaskCreationOptions.LongRunning);
        var answer = new byte[16];
        SocketAddress sender = new(AddressFamily.InterNetwork);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Rounds; i++)
        {
            client.SendTo(answer.AsSpan(0, 1), SocketFlags.None, target);
            client.ReceiveFrom(answer, SocketFlags.None, sender);
        }

        serving.Wait();
        return watch.Elapsed / Rounds;
    }

    /// <summary>The mean time of sending a datagram to a port on which policies let nothing in; where they would, nobody reads it.</summary>
    public static TimeSpan Tell()
    {
        using Socket deaf = Udp("p1", DeafPort), client = Udp("p0", 0);
        deaf.ReceiveBufferSize = 0;
        var target = IPEndPoint.Parse($"{Addresses[1]}:{DeafPort}").Serialize();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Rounds; i++)
            client.SendTo([0], SocketFlags.None, target);
        return watch.Elapsed / Rounds;
    }

    /// <summary>The time of each of many datagrams there and back; null for one that was lost.</summary>
    public static IReadOnlyList<TimeSpan?> AskEach()
    {
        const int Patience = 1_000;
        using var server = Udp("p1", 7001);
        using var client = Udp("p0", 7002);
        client.ReceiveTimeout = server.ReceiveTimeout = Patience;
        IPEndPoint there = IPEndPoint.Parse($"{Addresses[1]}:7001"), back = IPEndPoint.Parse($"{Addresses[0]}:7002");
        SocketAddress to = back.Serialize(), target = there.Serialize();
        using CancellationTokenSource stop = new();
        var serving = Task.Factory.StartNew(() =>
        {
            SocketAddress from = new(AddressFamily.InterNetwork);
            var buffer = new byte[16];
            while (!stop.IsCancellationRequested)
                if (Receives(server, buffer, from))
                    server.SendTo(buffer.AsSpan(0, 1), SocketFlags.None, to);
        }, TaskCreationOptions.LongRunning);
        List<TimeSpan?> rounds = [];
        SocketAddress sender = new(AddressFamily.InterNetwork);
        var answer = new byte[16];
        for (var i = 0; i < Rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            client.SendTo(answer.AsSpan(0, 1), SocketFlags.None, target);
            rounds.Add(Receives(client, answer, sender) ? watch.Elapsed : null);
        }

        stop.Cancel();
        serving.Wait();
        return rounds;
    }

    /// <summary>The port on which probes are let in, and the one beside it on which they are not.</summary>
    public const ushort ProbePort = 7010, ClosedPort = 7011, DeafPort = 7012;

    /// <summary>Sends a datagram to either port each millisecond until it is stopped.</summary>
    /// <returns>How many were sent to each, how many of them came, and how many were sent a second.</returns>
    public static (int Sent, int Allowed, int Denied, double Rate) Probe(CancellationToken stop)
    {
        using Socket open = Udp("p1", ProbePort), closed = Udp("p1", ClosedPort), client = Udp("p0", 0);
        open.ReceiveBufferSize = closed.ReceiveBufferSize = 1 << 20;
        SocketAddress[] targets = [.. new[] { ProbePort, ClosedPort }.Select(p => IPEndPoint.Parse($"{Addresses[1]}:{p}").Serialize())];
        var (sent, allowed, denied) = (0, 0, 0);
        var watch = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested)
        {
            foreach (var target in targets)
                client.SendTo([0], SocketFlags.None, target);
            sent++;
            allowed += Waiting(open);
            denied += Waiting(closed);
            while (watch.Elapsed.TotalMilliseconds < sent)
                Thread.Yield();
        }

        // A datagram between two ends of a cable is there when it was sent, or never will be.
        return (sent, allowed + Waiting(open), denied + Waiting(closed), sent / watch.Elapsed.TotalSeconds);
    }

    /// <summary>A server pushes datagrams into a flow that a client opened, all the time, and after the first of them the flow is denied.</summary>
    /// <param name="opened">Is done once, when the flow is open; it is waited for as long as it is denied.</param>
    /// <returns>How long after the denial the last one was sent that came through.</returns>
    public static TimeSpan Push(Action opened, Action deny)
    {
        const int Enough = 2_000;
        using Socket server = Udp("p1", ProbePort), client = Udp("p0", 7002);
        SocketAddress there = IPEndPoint.Parse($"{Addresses[1]}:{ProbePort}").Serialize(), back = IPEndPoint.Parse($"{Addresses[0]}:7002").Serialize();
        do
            client.SendTo([0], SocketFlags.None, there);
        while (Waiting(server) == 0);
        opened();
        var watch = Stopwatch.StartNew();
        TimeSpan? denied = null;
        var last = TimeSpan.Zero;
        for (int rounds = 0, lost = 0; lost < Enough; rounds++)
        {
            var sent = watch.Elapsed;
            server.SendTo([0], SocketFlags.None, back);
            // A datagram between two ends of a cable is there when it was sent, or never will be.
            if (Waiting(client) == 0)
                lost++;
            else
                (last, lost) = (sent, 0);
            if (denied is null)
            {
                denied = watch.Elapsed;
                deny();
            }

            while (watch.Elapsed.TotalMilliseconds < rounds * 0.2)
                Thread.Yield();
        }

        return last > denied ? last - denied.Value : TimeSpan.Zero;
    }

    /// <summary>Has so many flows tracked, each to a port of its own, from the first that is given.</summary>
    public static void Crowd(int first, int count)
    {
        using var client = Udp("p0", 7003);
        foreach (var port in Enumerable.Range(first, count))
            client.SendTo([0], SocketFlags.None, IPEndPoint.Parse($"{Addresses[1]}:{port}"));
    }

    private static int Waiting(Socket socket)
    {
        var count = 0;
        for (var room = new byte[16]; socket.Available > 0; count++)
            socket.Receive(room);
        return count;
    }

    // False where nothing came in time.
    private static bool Receives(Socket socket, byte[] buffer, SocketAddress from)
    {
        try
        {
            return socket.ReceiveFrom(buffer, SocketFlags.None, from) > 0;
        }
        catch (SocketException late) when (late.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    /// <summary>The time of a megabyte in one long connection.</summary>
    public static TimeSpan Megabyte()
    {
        using var listener = Sockets.In("p1", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Any, 7003));
        listener.Listen();
        using var client = Sockets.In("p0", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(IPEndPoint.Parse($"{Addresses[1]}:7003"));
        using var server = listener.Accept();
        var watch = Stopwatch.StartNew();
        var sending = Task.Factory.StartNew(() =>
        {
            var chunk = new byte[1 << 20];
            for (var i = 0; i < Chunks; i++)
                for (var sent = 0; sent < chunk.Length;)
                    sent += client.Send(chunk.AsSpan(sent));
        }, TaskCreationOptions.LongRunning);
        var room = new byte[1 << 20];
        for (var left = (long)Chunks << 20; left > 0;)
            left -= server.Receive(room);
        sending.Wait();
        return watch.Elapsed / Chunks;
    }

    /// <summary>Runs nft on a script.</summary>
    public static void Nft(string script) => Run(new("nft", ["-f", "-"]), script);

    private static Socket Udp(string pod, int port)
    {
        var socket = Sockets.In(pod, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private static void Command(string file, string arguments) => Run(new(file, arguments), "");

    private static void Run(ProcessStartInfo start, string input)
    {
        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} {start.Arguments} failed");
    }
}
