using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Lab.Services;
using Podwall.Policy;

namespace Podwall.Tests.Lab.Services;

/// <summary>Names of services and pods, and what they lead to.</summary>
public sealed class ClusterNamesTests
{
    [Theory]
    [InlineData("web.shop.svc.cluster.local", "10.96.1.0")]
    [InlineData("web.shop", "10.96.1.0")]
    [InlineData("kubernetes.default.svc.cluster.local", "10.96.0.1")]
    [InlineData("db.shop.svc.cluster.local", "10.244.1.7 10.244.1.8")]
    [InlineData("db-0.db.shop.svc.cluster.local", "10.244.1.7")]
    [InlineData("10-244-1-8.db.shop.svc.cluster.local", "10.244.1.8")]
    [InlineData("10-1-2-3.shop.pod.cluster.local", "10.1.2.3")]
    [InlineData("away.shop.svc.cluster.local", "CNAME 203.0.113.10")]
    [InlineData("www.example.com", "203.0.113.10")]
    [InlineData("shop.svc.cluster.local", "")]
    [InlineData("nosuch.shop.svc.cluster.local", null)]
    [InlineData("web.nosuch.svc.cluster.local", null)]
    [InlineData("www.example.com.shop.svc.cluster.local", null)]
    [InlineData("nosuch", null)]
    [InlineData("web.prd", null)]
    public async Task A_name_leads_to_addresses_or_does_not_exist(string name, string? expected)
    {
        await using var api = await ClusterAsync();
        var found = new ClusterNames(new ClusterView(api.Store), new AddressPlan(IpFamilies.V4)).Find(new(name, DnsType.A));
        Assert.Equal(expected, found is null ? null : string.Join(' ', found.Select(r => r.Type == DnsType.A ? string.Join('.', r.Data) : "CNAME")));
    }

    [Fact]
    public async Task A_port_has_a_record_of_its_own()
    {
        await using var api = await ClusterAsync();
        var found = new ClusterNames(new ClusterView(api.Store), new AddressPlan(IpFamilies.V4)).Find(new("_http._tcp.web.shop.svc.cluster.local", DnsType.Srv));
        Assert.Equal(80, BinaryPrimitives.ReadUInt16BigEndian(Assert.Single(found!).Data.AsSpan(4)));
    }

    [Fact]
    public async Task An_address_of_the_other_family_is_not_there_but_the_name_is()
    {
        await using var api = await ClusterAsync();
        Assert.Equal([], new ClusterNames(new ClusterView(api.Store), new AddressPlan(IpFamilies.V4)).Find(new("web.shop.svc.cluster.local", DnsType.Aaaa))!);
    }

    [Fact]
    public void A_message_is_answered_in_its_own_words()
    {
        byte[] request = [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'W', (byte)'e', (byte)'b', 1, (byte)'x', 0, 0, 1, 0, 1];
        var question = DnsMessage.Question(request)!.Value;
        Assert.Equal(new("web.x", DnsType.A), question);
        var reply = DnsMessage.Reply(request, question, [new("web.x", DnsType.A, [10, 96, 1, 0])], exists: true, DnsMessage.LargestDatagram);
        Assert.Equal("ABCD8580000100010000000003776562017800000100010377656201780000010001000000050004" + "0A600100", Convert.ToHexString(reply));
        Assert.Equal(3, DnsMessage.Reply(request, question, [], exists: false, DnsMessage.LargestDatagram)[3] & 15);
        var many = Enumerable.Range(0, 100).Select(i => new DnsRecord("web.x", DnsType.A, [10, 0, 0, (byte)i])).ToList();
        var cut = DnsMessage.Reply(request, question, many, exists: true, DnsMessage.LargestDatagram);
        Assert.True((cut[2] & 2) != 0 && cut.Length <= DnsMessage.LargestDatagram);
        Assert.True(DnsMessage.Reply(request, question, many, exists: true, ushort.MaxValue).Length > DnsMessage.LargestDatagram);
    }

    [Fact]
    public void What_is_no_question_is_left_alone()
    {
        for (var length = 0; length < 22; length++)
            Assert.Null(DnsMessage.Question(((byte[])[0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'w', (byte)'e', (byte)'b', 1, (byte)'x', 0, 0, 1, 0, 1]).AsSpan(0, length)));
    }

    private static async Task<ApiServer> ClusterAsync()
    {
        var api = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        api.Writes.Create(ResourceType.Namespaces, "", Tree("""{"metadata": {"name": "shop"}}"""));
        api.Writes.Create(ResourceType.Services, "shop", Tree("""{"metadata": {"name": "web"}, "spec": {"clusterIP": "10.96.1.0", "ports": [{"name": "http", "port": 80}]}}"""));
        api.Writes.Create(ResourceType.Services, "shop", Tree("""{"metadata": {"name": "away"}, "spec": {"type": "ExternalName", "externalName": "www.example.org"}}"""));
        api.Writes.Create(ResourceType.Services, "shop", Tree("""{"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "ports": [{"port": 5432}]}}"""));
        api.Writes.Create(ResourceType.EndpointSlices, "shop", Tree("""
            {"metadata": {"name": "db-1", "labels": {"kubernetes.io/service-name": "db"}}, "addressType": "IPv4", "endpoints": [
              {"addresses": ["10.244.1.7"], "hostname": "db-0", "conditions": {"ready": true}}, {"addresses": ["10.244.1.8"]}, {"addresses": ["10.244.1.9"], "conditions": {"ready": false}}]}
            """));
        return api;
    }

    private static JsonObject Tree(string json) => (JsonObject)JsonNode.Parse(json)!;
}
