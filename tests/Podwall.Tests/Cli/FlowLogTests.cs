using System.Text;
using Podwall.Cli.Suggesting;

namespace Podwall.Tests.Cli;

/// <summary>Lines of every observer, and what is left out or wrong in them.</summary>
public sealed class FlowLogTests
{
    private const string Hubble = """{"flow":{"verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"10.0.0.2"},"l4":{"TCP":{"source_port":4242,"destination_port":5432}},"source":{"namespace":"apps","pod_name":"web-1"},"destination":{"namespace":"apps","pod_name":"db-0"},"is_reply":false}}""";
    private const string Calico = """{"action":"allow","source_type":"wep","source_namespace":"apps","source_name":"-","source_name_aggr":"web-*","source_ip":"10.0.0.1","dest_type":"net","dest_namespace":"-","dest_name":"-","dest_name_aggr":"pub","dest_ip":"198.51.100.7","dest_port":"443","proto":"tcp","reporter":"src"}""";
    private const string Conntrack = "tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.96.0.10 sport=4242 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=8080 dport=4242 [ASSURED] mark=0 use=1";

    [Theory]
    [InlineData("""{"from":"apps/web","to":"10.0.0.2","protocol":"UDP","port":53}""", "apps/web 10.0.0.2 Udp 53")]
    [InlineData(Hubble, "apps/web-1 apps/db-0 Tcp 5432")]
    [InlineData("""{"verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"192.0.2.1"},"l4":{"ICMPv4":{"type":8}},"source":{"identity":2},"destination":{}}""", "10.0.0.1 192.0.2.1 Icmp 0")]
    [InlineData(Calico, "apps/web 198.51.100.7 Tcp 443")]
    [InlineData(Conntrack, "10.0.0.1 10.0.0.2 Tcp 8080")]
    [InlineData("icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=3 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=3 mark=0 use=1", "10.0.0.1 10.0.0.2 Icmp 0")]
    public void A_line_names_who_opened_what(string line, string flow)
    {
        var read = Read(line).Flow!.Value;
        Assert.Equal(flow, $"{read.From} {read.To} {read.Protocol} {read.Port}");
    }

    [Fact]
    public void Replies_and_what_is_no_flow_are_left_out()
    {
        foreach (var line in (string[])[Hubble.Replace("\"is_reply\":false", "\"is_reply\":true", StringComparison.Ordinal), """{"node_status":{}}""", "", Conntrack.Replace("[ASSURED]", "[UNREPLIED]", StringComparison.Ordinal), Hubble.Replace("FORWARDED", "TRANSLATED", StringComparison.Ordinal)])
            Assert.Equal(LogLine.Skipped, Read(line));
    }

    [Fact]
    public void Denials_are_counted_and_not_allowed()
    {
        Assert.Equal((true, null), (Read(Hubble.Replace("FORWARDED", "DROPPED", StringComparison.Ordinal)).IsDenied, Read(Calico.Replace("\"allow\"", "\"deny\"", StringComparison.Ordinal)).Flow));
        Assert.True(Read(Calico.Replace("\"allow\"", "\"deny\"", StringComparison.Ordinal)).IsDenied);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("hello", "conntrack")]
    [InlineData("""{"from":"a/b"}""", "to")]
    [InlineData("""{"from":"a/b","to":"a/c","port":0}""", "port")]
    [InlineData("""{"flow":{"verdict":"FORWARDED","IP":{"source":"10.0.0.1"},"l4":{"TCP":{"destination_port":80}},"source":{"namespace":"a","pod_name":"b"},"destination":{}}}""", "neither a pod nor an address")]
    [InlineData("""{"action":"allow","proto":"tcp","dest_port":0}""", "dest_port")]
    [InlineData("""{"action":"allow","proto":"gre","dest_port":1}""", "gre")]
    public void What_is_wrong_is_said(string line, string says) => Assert.Contains(says, Read(line).Fault, StringComparison.Ordinal);

    private static LogLine Read(string line) => FlowLog.Read(Encoding.UTF8.GetBytes(line));
}
