using System.Globalization;
using Podwall.Policy;

namespace Podwall.Kubernetes.Linting;

/// <summary>Where <c>kubernetes.default</c> leads: its Endpoints or EndpointSlices.</summary>
internal static class ApiServerEndpoints
{
    public static IEnumerable<(Address Address, ushort Port)> Of(SupportingObject source)
    {
        if (source.Root is not MappingNode root || source.Id.Namespace != "default")
            return [];
        return source.Id.Kind switch
        {
            "EndpointSlice" => Pairs(Items(root["endpoints"]).SelectMany(e => (e["addresses"] as SequenceNode)?.Items ?? []), root["ports"]),
            "Endpoints" => Items(root["subsets"]).SelectMany(s => Pairs(Items(s["addresses"]).Select(a => a["ip"]), s["ports"])),
            _ => [],
        };
    }

    private static IEnumerable<(Address, ushort)> Pairs(IEnumerable<TreeNode?> addresses, TreeNode? ports) =>
        from address in addresses.OfType<ScalarNode>().Select(a => (Ok: Address.TryParse(a.Text, out var parsed), Parsed: parsed)).Where(a => a.Ok)
        from port in Items(ports).Select(p => ushort.TryParse(p.TextOf("port"), CultureInfo.InvariantCulture, out var number) ? number : (ushort)0).Where(p => p > 0)
        select (address.Parsed, port);

    private static IEnumerable<MappingNode> Items(TreeNode? list) => (list as SequenceNode)?.Items.OfType<MappingNode>() ?? [];
}
