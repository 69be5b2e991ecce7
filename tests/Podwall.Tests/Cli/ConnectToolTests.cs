using Podwall.Cli.Testing.Live;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Tests.Cli;

/// <summary>What programs said of a connection that arrived, one that was refused, and one of which nothing came back, each recorded.</summary>
public sealed class ConnectToolTests
{
    private const string Works = "Allowed", Silent = "Denied", Refused = "Unknown", NoWay = "Unknown", SaysNothing = "";

    private static readonly Leg Stream = new(Address.Parse("10.9.0.1"), Address.Parse("10.9.0.2"), Protocol.Tcp, 80);

    [Theory]
    // netcat-openbsd 1.219
    [InlineData("nc", 0, "Connection to 10.9.0.2 80 port [tcp/http] succeeded!", Works)]
    [InlineData("nc", 1, "nc: connect to 10.9.0.2 port 80 (tcp) failed: Connection refused", Refused)]
    [InlineData("nc", 1, "nc: connect to 10.9.0.2 port 80 (tcp) timed out: Operation now in progress", Silent)]
    [InlineData("nc", 1, "nc: connect to 10.9.0.2 port 80 (tcp) failed: Network is unreachable", NoWay)]
    // netcat-traditional 1.10
    [InlineData("nc", 0, "10.9.0.2 80 (http) open", Works)]
    [InlineData("nc", 1, "(UNKNOWN) [10.9.0.2] 80 (http) : Connection timed out", Silent)]
    // busybox 1.35
    [InlineData("nc", 1, "nc: invalid option -- 'z'", SaysNothing)]
    [InlineData("nc -e", 0, "", Works)]
    [InlineData("nc -e", 1, "nc: can't connect to remote host (10.9.0.2): Connection refused", Refused)]
    [InlineData("nc -e", 1, "nc: timed out", Silent)]
    // curl 7.88: the last number is that of its own output
    [InlineData("curl", 0, "0.003415", Works)]
    [InlineData("curl", 28, "curl: (28) Operation timed out after 3001 milliseconds with 0 bytes received|0.000243", Works)]
    [InlineData("curl", 1, "curl: (1) Received HTTP/0.9 when not allowed|0.003415", Works)]
    [InlineData("curl", 7, "curl: (7) Failed to connect to 10.9.0.2 port 80 after 1 ms: Couldn't connect to server|0.000000", Refused)]
    [InlineData("curl", 28, "curl: (28) Failed to connect to 10.9.0.2 port 80 after 2000 ms: Timeout was reached|0.000000", Silent)]
    // bash 5.2 under the timeout of coreutils and of busybox
    [InlineData("bash", 0, "", Works)]
    [InlineData("bash", 1, "10.9.0.2: line 1: /dev/tcp/10.9.0.2/80: Connection refused", Refused)]
    [InlineData("bash", 124, "", Silent)]
    [InlineData("bash", 143, "Terminated", Silent)]
    [InlineData("bash", 127, "timeout: failed to run command 'bash': No such file or directory", SaysNothing)]
    // wget 1.21; busybox's cannot tell a silent server from a closed way
    [InlineData("wget", 4, "Connecting to 10.9.0.2:80... connected.\nHTTP request sent, awaiting response... Read error (Connection timed out) in headers.", Works)]
    [InlineData("wget", 4, "Connecting to 10.9.0.2:80... failed: Connection timed out.", Silent)]
    [InlineData("wget", 4, "Connecting to 10.9.0.2:80... failed: Connection refused.", Refused)]
    [InlineData("wget", 1, "wget: download timed out", SaysNothing)]
    // python 3.11
    [InlineData("python3", 1, "TimeoutError: timed out", Silent)]
    [InlineData("python3", 1, "ConnectionRefusedError: [Errno 111] Connection refused", Refused)]
    public void What_became_of_a_connection_is_read_from_what_is_said(string tool, int code, string said, string expected)
    {
        var (error, output) = said.Split('|') is [var one, var other] ? (one, other) : tool == "curl" ? ("", said) : (said, "");
        Assert.Equal(expected, ConnectTool.For(Stream).Single(t => t.Name == tool).Read(new(code, output, error, ""))?.Result.ToString() ?? "");
    }

    [Theory]
    // iputils 20221126, busybox 1.35
    [InlineData(0, "1 packets transmitted, 1 received, 0% packet loss, time 0ms", Works)]
    [InlineData(1, "1 packets transmitted, 0 packets received, 100% packet loss", Silent)]
    [InlineData(2, "ping: connect: Network is unreachable", NoWay)]
    [InlineData(1, "ping: permission denied (are you root?)", SaysNothing)]
    public void An_echo_is_read_from_what_is_said(int code, string said, string expected) =>
        Assert.Equal(expected, Assert.Single(ConnectTool.For(Stream with { Protocol = Protocol.Icmp })).Read(new(code, said, "", ""))?.Result.ToString() ?? "");

    [Theory]
    // busybox 1.35
    [InlineData(0, "Name:	kubernetes.default.svc.cluster.local\nAddress: 10.96.0.1", Works)]
    [InlineData(1, "** server can't find kubernetes.default.svc.cluster.local.: NXDOMAIN", Works)]
    [InlineData(1, ";; connection timed out; no servers could be reached", Silent)]
    [InlineData(1, "nslookup: write to '10.9.0.2': Connection refused\n;; connection timed out; no servers could be reached", Refused)]
    public void An_answer_to_a_question_for_a_name_is_read(int code, string said, string expected) =>
        Assert.Equal(expected, ConnectTool.For(Stream with { Protocol = Protocol.Udp, Port = 53 })[0].Read(new(code, said, "", ""))?.Result.ToString() ?? "");

    [Fact]
    public void A_program_that_is_not_there_says_nothing_and_datagrams_leave_no_trace()
    {
        Assert.All(ConnectTool.For(Stream), t => Assert.Null(t.Read(new(null, "", "", "exec: \"nc\": executable file not found in $PATH"))));
        Assert.Empty(ConnectTool.For(Stream with { Protocol = Protocol.Udp }));
        Assert.Contains("http://[2001:db8::2]:80/", ConnectTool.For(Stream with { To = Address.Parse("2001:db8::2") }).Single(t => t.Name == "curl").Words(Stream with { To = Address.Parse("2001:db8::2") }, 2));
    }
}
