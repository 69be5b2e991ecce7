using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Services;

/// <summary>
/// The nftables rules by which a node translates the addresses of services into those of pods, before any policy is asked:
/// as kube-proxy does, a service without endpoints refuses.
/// </summary>
internal static class ServiceRules
{
    private const string Table = "podwall-lab-services";

    // Marks what comes in by a node port and must go back the way it came; policies use other bits.
    private const string Masquerade = "0x4000";

    /// <summary>A script for <c>nft -f</c> that replaces all that it made before.</summary>
    public static string Script(ClusterView view, AddressPlan plan, string node)
    {
        StringBuilder script = new();
        foreach (var family in plan.Used)
            Write(script, view, family, node);
        return script.ToString();
    }

    private static void Write(StringBuilder script, ClusterView view, IpFamily family, string node)
    {
        var (name, type) = family == IpFamily.V4 ? ("ip", "ipv4_addr") : ("ip6", "ipv6_addr");
        var ports = Ports(view, family, node).ToList();
        script.Append(CultureInfo.InvariantCulture, $"table {name} {Table}\ndelete table {name} {Table}\ntable {name} {Table} {{\n");
        for (var i = 0; i < ports.Count; i++)
            if (ports[i].Endpoints is { Count: > 0 } endpoints)
            {
                var targets = string.Join(", ", endpoints.Select((e, n) => string.Create(CultureInfo.InvariantCulture, $"{n} : {e.Address} . {e.Port}")));
                var translate = string.Create(CultureInfo.InvariantCulture, $"meta l4proto {ports[i].Protocol} dnat {name} to numgen random mod {endpoints.Count} map {{ {targets} }}");
                script.Append(CultureInfo.InvariantCulture, $"chain s{i} {{ {translate}; }}\n");
                script.Append(CultureInfo.InvariantCulture, $"chain n{i} {{ {(ports[i].KeepsSource ? "" : $"meta mark set meta mark or {Masquerade} ")}{translate}; }}\n");
            }

        Map(script, "services", $"{type} . inet_proto . inet_service", ports.Select((p, i) => (p, i)).Where(p => p.p.Endpoints.Count > 0)
            .SelectMany(p => p.p.Addresses.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a} . {p.p.Protocol} . {p.p.Port} : goto s{p.i}"))));
        Map(script, "nodeports", "inet_proto . inet_service", ports.Select((p, i) => (p, i)).Where(p => p.p.Endpoints.Count > 0 && p.p.NodePort > 0)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.p.Protocol} . {p.p.NodePort} : goto n{p.i}")));
        script.Append(CultureInfo.InvariantCulture, $"set hairpin {{ type {type} . {type}; ");
        if (ports.SelectMany(p => p.Endpoints).Select(e => $"{e.Address} . {e.Address}").Distinct().ToList() is { Count: > 0 } own)
            script.Append(CultureInfo.InvariantCulture, $"elements = {{ {string.Join(", ", own)} }}; ");
        script.Append(CultureInfo.InvariantCulture, $$"""
            }
            chain lookup {
              {{name}} daddr . meta l4proto . th dport vmap @services
              fib daddr type local meta l4proto . th dport vmap @nodeports
            }
            chain prerouting { type nat hook prerouting priority -100; jump lookup; }
            chain output { type nat hook output priority -100; jump lookup; }
            chain postrouting {
              type nat hook postrouting priority 100
              {{name}} saddr . {{name}} daddr @hairpin masquerade
              meta mark and {{Masquerade}} == {{Masquerade}} masquerade
            }
            chain refuse { type filter hook forward priority 10; {{name}} daddr {{AddressPlan.Services(family)}} reject; }
            chain refuse-own { type filter hook output priority 10; {{name}} daddr {{AddressPlan.Services(family)}} reject; }
            }

            """);
    }

    private static void Map(StringBuilder script, string map, string key, IEnumerable<string> elements)
    {
        script.Append(CultureInfo.InvariantCulture, $"map {map} {{ type {key} : verdict; ");
        if (elements.ToList() is { Count: > 0 } all)
            script.Append(CultureInfo.InvariantCulture, $"elements = {{ {string.Join(", ", all)} }}; ");
        script.Append("}\n");
    }

    private static IEnumerable<ServicePort> Ports(ClusterView view, IpFamily family, string node)
    {
        var slices = view[ResourceType.EndpointSlices].Where(s => s.Text("addressType") == (family == IpFamily.V4 ? "IPv4" : "IPv6")).ToLookup(s => (s.Name.Namespace, s.Labels[EndpointSliceController.ServiceLabel]));
        foreach (var service in view[ResourceType.Services].Where(s => s.Text("spec", "type") != "ExternalName"))
        {
            var addresses = Cells.Items<JsonValue>(service.Spec?["clusterIPs"]).Select(a => Address.TryParse(a.ToString(), out var address) ? (Address?)address : null).OfType<Address>().Where(a => a.Family == family).ToList();
            if (addresses.Count == 0)
                continue;
            var isLocal = service.Text("spec", "externalTrafficPolicy") == "Local";
            foreach (var port in Cells.Items(service.Spec?["ports"]))
                if (ProtocolOf(port) is var protocol && protocol is "tcp" or "udp")
                {
                    var all = slices[(service.Name.Namespace, service.Name.Name)].SelectMany(s => Endpoints(s, Cells.Text(port, "name"), protocol)).Distinct().ToList();
                    var here = isLocal || service.Text("spec", "internalTrafficPolicy") == "Local" ? all.Where(e => e.Node == node).ToList() : all;
                    yield return new(addresses, protocol, (int)Cells.Int(port, "port"), (int)Cells.Int(port, "nodePort"), here, isLocal);
                }
        }
    }

    private static IEnumerable<Endpoint> Endpoints(ClusterObject slice, string name, string protocol) =>
        from port in Cells.Items(slice.Tree["ports"])
        where Cells.Text(port, "name") == name && ProtocolOf(port) == protocol
        from endpoint in Cells.Items(slice.Tree["endpoints"])
        where Cells.Text(endpoint["conditions"], "ready") is "true" or ""
        from address in Cells.Items<JsonValue>(endpoint["addresses"]).Take(1)
        select new Endpoint(address.ToString(), (int)Cells.Int(port, "port"), Cells.Text(endpoint, "nodeName"));

    private static string ProtocolOf(JsonObject port) => Cells.Text(port, "protocol") is { Length: > 0 } written ? written.ToLowerInvariant() : "tcp";

    private sealed record ServicePort(IReadOnlyList<Address> Addresses, string Protocol, int Port, int NodePort, IReadOnlyList<Endpoint> Endpoints, bool KeepsSource);

    private sealed record Endpoint(string Address, int Port, string Node);
}
