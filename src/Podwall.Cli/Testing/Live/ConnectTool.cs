using System.Globalization;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Testing.Live;

/// <summary>A program that containers may have and that opens a connection, and how it says what became of it.</summary>
/// <param name="Name">What the program is called.</param>
/// <param name="Words">The command line for a connection that may take so many seconds.</param>
/// <param name="IsConnected">Whether it says that something came back.</param>
/// <param name="IsSilent">Whether it says that nothing did.</param>
internal sealed record ConnectTool(string Name, Func<Leg, int, string[]> Words, Func<CommandResult, bool> IsConnected, Func<CommandResult, bool> IsSilent)
{
    // Other shells than bash know no such file.
    private const string ByBash = "exec 3<>\"/dev/tcp/$0/$1\"";

    private const string ByPython = "import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))";

    // Which name is asked for does not matter: that there is none is an answer, too.
    private const string AskedName = "kubernetes.default.svc.cluster.local.";

    private static readonly ConnectTool[] ForStreams =
    [
        new("nc", (leg, s) => ["nc", "-z", "-v", "-w", $"{s}", $"{leg.To}", $"{leg.Port}"], Succeeds, Says("timed out")),
        // busybox's nc knows no -z: it runs a program once it is connected.
        new("nc -e", (leg, s) => ["nc", "-w", $"{s}", $"{leg.To}", $"{leg.Port}", "-e", "true"], Succeeds, Says("timed out")),
        new("curl", (leg, s) => ["curl", "-sS", "-o", "/dev/null", "--noproxy", "*", "--connect-timeout", $"{s}", "-m", $"{s + 1}", "-w", "%{time_connect}", Url(leg)], r => Succeeds(r) || Took(r.Output) > 0, r => r.ExitCode == 28),
        new("bash", (leg, s) => ["timeout", $"{s}", "bash", "-c", ByBash, $"{leg.To}", $"{leg.Port}"], Succeeds, r => r.ExitCode is 124 or 143),
        // busybox's says the same of a server that is silent once connected: that is not told apart, so that silence proves nothing.
        new("wget", (leg, s) => ["wget", "-O", "/dev/null", "-T", $"{s}", "-t", "1", Url(leg)], r => Succeeds(r) || Says("connected.", "server returned", "getting response")(r), Says("failed: Connection timed out")),
        new("python3", (leg, s) => ["python3", "-c", ByPython, $"{leg.To}", $"{leg.Port}", $"{s}"], Succeeds, Says("timed out")),
        new("agnhost", (leg, s) => ["/agnhost", "connect", $"--timeout={s}s", EndPoint(leg)], Succeeds, Says("TIMEOUT")),
    ];

    private static readonly ConnectTool[] ForEchoes = [new("ping", (leg, s) => ["ping", "-c", "1", "-W", $"{s}", $"{leg.To}"], Succeeds, Says("100% packet loss"))];

    private static readonly ConnectTool[] ForNames =
    [
        new("nslookup", (leg, s) => ["nslookup", $"-timeout={s}", AskedName, $"{leg.To}"], r => Succeeds(r) || Says("NXDOMAIN", "can't find")(r), Says("timed out", "no servers could be reached")),
        new("dig", (leg, s) => ["dig", $"+time={s}", "+tries=2", $"@{leg.To}", AskedName], Succeeds, Says("timed out", "no servers could be reached")),
    ];

    /// <summary>What can try a connection, in the order in which they are looked for; none for what leaves no trace.</summary>
    public static ConnectTool[] For(Leg leg) => leg.Protocol switch
    {
        Protocol.Tcp => ForStreams,
        Protocol.Icmp => ForEchoes,
        Protocol.Udp when leg.Port == 53 => ForNames,
        _ => [],
    };

    /// <summary>What became of the connection; null where the program is not there, or says nothing of it.</summary>
    public ProbeOutcome? Read(CommandResult result)
    {
        if (result.ExitCode is null or 126 or 127)
            return null;
        if (IsConnected(result))
            return ProbeOutcome.Allowed;
        if (Says("refused", "couldn't connect to server")(result))
            return ProbeOutcome.Unknown("the connection was refused: nothing listens there, or whatever enforces policies rejects instead of dropping");
        if (Says("No route to host", "unreachable")(result))
            return ProbeOutcome.Unknown("the network says that there is no way there");
        return IsSilent(result) ? ProbeOutcome.Denied : null;
    }

    private static bool Succeeds(CommandResult result) => result.ExitCode == 0;

    private static Func<CommandResult, bool> Says(params string[] words) =>
        result => words.Any(w => result.Error.Contains(w, StringComparison.OrdinalIgnoreCase) || result.Output.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static double Took(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;

    private static string EndPoint(Leg leg) => leg.To.Family == IpFamily.V6 ? $"[{leg.To}]:{leg.Port}" : $"{leg.To}:{leg.Port}";

    private static string Url(Leg leg) => $"http://{EndPoint(leg)}/";
}
