using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class NodeReader
{
    public static Node Read(Cursor root, ObjectMeta meta, LabelPool labels, List<FieldError> faults)
    {
        var node = root.Struct("v1.Node");
        var spec = node["spec"].Struct("v1.NodeSpec");
        var blocks = spec["podCIDRs"];
        List<Cidr> cidrs = [];
        var written = blocks.Items("string") is { Count: > 0 } several ? several : [spec["podCIDR"]];
        foreach (var item in written)
        {
            if (item.Text() is not { Length: > 0 } text)
                continue;
            if (Cidr.TryParse(text, out var cidr))
                cidrs.Add(cidr);
            else
                faults.Add(FieldError.Invalid(item.Path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
        }

        return new(meta.Name, labels.Of(meta.Labels), Addresses(node["status"].Struct("v1.NodeStatus")["addresses"]), cidrs.ToValueList());
    }

    // Host names and DNS names stand in the same list; only addresses are of use.
    private static ValueList<Address> Addresses(Cursor field) => (field.Items("v1.NodeAddress") ?? [])
        .Select(a => a.Struct("v1.NodeAddress"))
        .Where(a => a["type"].Text("v1.NodeAddressType") is "InternalIP" or "ExternalIP")
        .Select(a => (Ok: Address.TryParse(a["address"].Text(), out var address), address))
        .Where(a => a.Ok)
        .Select(a => a.address)
        .Distinct()
        .ToValueList();
}
