using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Services;

/// <summary>
/// The names of a cluster, by the specification "Kubernetes DNS-Based Service Discovery" 1.1.0, and some of the world outside,
/// all of which lead to the lab's own server there.
/// </summary>
internal sealed class ClusterNames(ClusterView view, AddressPlan plan)
{
    private const string Domain = "cluster.local";

    private static readonly string[] OutsideDomains = ["com", "org", "net", "io"];

    /// <summary>The records for a question; null where there is no such name.</summary>
    public IReadOnlyList<DnsRecord>? Find(DnsQuestion question)
    {
        var labels = question.Name.Split('.');
        if (labels is [.., "in-addr" or "ip6", "arpa"])
            return Reverse(question);
        if (!question.Name.EndsWith($".{Domain}", StringComparison.Ordinal))
            return Short(question, labels) ?? (labels.Length > 1 && OutsideDomains.Contains(labels[^1]) ? Addresses(question, plan.Used.Select(AddressPlan.OutsideServer)) : null);
        return labels[..^2] switch
        {
            ["svc"] or ["pod"] => [],
            [var ns, "svc" or "pod"] => HasNamespace(ns) ? [] : null,
            [var dashed, var ns, "pod"] => HasNamespace(ns) && AddressOf(dashed) is { } address ? Addresses(question, [address]) : null,
            [var service, var ns, "svc"] => Service(question, ns, service),
            [var port, var protocol, var service, var ns, "svc"] when port.StartsWith('_') && protocol.StartsWith('_') => Port(question, ns, service, port[1..], protocol[1..]),
            [var host, var service, var ns, "svc"] => Host(question, ns, service, host),
            _ => null,
        };
    }

    // For programs that do not try the search list when a name has a dot.
    private List<DnsRecord>? Short(DnsQuestion question, string[] labels) => labels is [_, _] or [_, _, "svc"] ? Service(question, labels[1], labels[0]) : null;

    private List<DnsRecord>? Service(DnsQuestion question, string ns, string name)
    {
        if (Named(ns, name) is not { } service)
            return null;
        if (service.Text("spec", "type") == "ExternalName")
        {
            var target = service.Text("spec", "externalName");
            var beyond = Find(question with { Name = target }) ?? [];
            return [new(question.Name, DnsType.Cname, DnsMessage.NameData(target)), .. beyond];
        }

        if (question.Type is DnsType.Srv)
            return [.. Cells.Items(service.Spec?["ports"]).Select(p => new DnsRecord(question.Name, DnsType.Srv, DnsMessage.ServiceData((ushort)Cells.Int(p, "port"), question.Name)))];
        return Addresses(question, service.Text("spec", "clusterIP") == "None" ? Endpoints(service).Select(e => e.Address) : Parsed(service.Spec?["clusterIPs"]));
    }

    private List<DnsRecord>? Host(DnsQuestion question, string ns, string name, string host)
    {
        var found = Named(ns, name) is { } service ? Endpoints(service).Where(e => e.Host == host || Dashed(e.Address) == host).Select(e => e.Address).ToList() : [];
        return found.Count > 0 ? Addresses(question, found) : null;
    }

    private List<DnsRecord>? Port(DnsQuestion question, string ns, string name, string port, string protocol)
    {
        if (Named(ns, name) is not { } service || Cells.Items(service.Spec?["ports"]).FirstOrDefault(p => Cells.Text(p, "name") == port && Is(p, protocol)) is not { } found)
            return null;
        var home = $"{name}.{ns}.svc.{Domain}";
        if (question.Type is not DnsType.Srv)
            return [];
        return service.Text("spec", "clusterIP") != "None"
            ? [new(question.Name, DnsType.Srv, DnsMessage.ServiceData((ushort)Cells.Int(found, "port"), home))]
            : [.. Endpoints(service).Select(e => new DnsRecord(question.Name, DnsType.Srv, DnsMessage.ServiceData((ushort)Cells.Int(found, "port"), $"{(e.Host.Length > 0 ? e.Host : Dashed(e.Address))}.{home}")))];

        static bool Is(JsonObject port, string protocol) => (Cells.Text(port, "protocol") is { Length: > 0 } written ? written : "TCP").Equals(protocol, StringComparison.OrdinalIgnoreCase);
    }

    private List<DnsRecord>? Reverse(DnsQuestion question)
    {
        var parts = question.Name.Split('.')[..^2];
        Array.Reverse(parts);
        var text = question.Name.EndsWith("in-addr.arpa", StringComparison.Ordinal) ? string.Join('.', parts) : string.Join(':', parts.Chunk(4).Select(c => string.Concat(c)));
        return Address.TryParse(text, out var address) && view[ResourceType.Services].FirstOrDefault(s => Parsed(s.Spec?["clusterIPs"]).Contains(address)) is { } service
            ? [new(question.Name, DnsType.Ptr, DnsMessage.NameData($"{service.Name.Name}.{service.Name.Namespace}.svc.{Domain}"))] : null;
    }

    private IEnumerable<(Address Address, string Host)> Endpoints(ClusterObject service) =>
        from slice in view[ResourceType.EndpointSlices]
        where slice.Name.Namespace == service.Name.Namespace && slice.Labels[EndpointSliceController.ServiceLabel] == service.Name.Name
        from endpoint in Cells.Items(slice.Tree["endpoints"])
        where Cells.Text(endpoint["conditions"], "ready") is "true" or ""
        from address in Parsed(endpoint["addresses"])
        select (address, Cells.Text(endpoint, "hostname"));

    private ClusterObject? Named(string ns, string name) => view[ResourceType.Services].FirstOrDefault(s => s.Name.Namespace == ns && s.Name.Name == name);

    private bool HasNamespace(string ns) => view[ResourceType.Namespaces].Any(n => n.Name.Name == ns);

    private static List<DnsRecord> Addresses(DnsQuestion question, IEnumerable<Address> addresses) =>
        [.. addresses.Where(a => question.Type == DnsType.Any || question.Type == TypeOf(a)).Distinct().Select(a => new DnsRecord(question.Name, TypeOf(a), a.At(0).Address.GetAddressBytes()))];

    private static DnsType TypeOf(Address address) => address.Family == IpFamily.V4 ? DnsType.A : DnsType.Aaaa;

    private static IEnumerable<Address> Parsed(JsonNode? list)
    {
        foreach (var item in Cells.Items<JsonValue>(list))
            if (Address.TryParse(item.ToString(), out var address))
                yield return address;
    }

    // A pod's address with dashes, as its name has it.
    private static Address? AddressOf(string dashed) => Address.TryParse(dashed.Replace('-', '.'), out var v4) ? v4 : Address.TryParse(dashed.Replace('-', ':'), out var v6) ? v6 : null;

    private static string Dashed(Address address) => $"{address}".Replace('.', '-').Replace(':', '-');
}
