using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class ServiceReader
{
    public static Service Read(Cursor root, string ns, string name, LabelPool labels, List<FieldError> faults)
    {
        var spec = root.Struct("v1.Service")["spec"].Struct("v1.ServiceSpec");
        var selector = spec["selector"].TextMap();
        faults.AddRange(MetaRules.Labels(selector, spec["selector"].Path));
        var addresses = spec["clusterIPs"].Texts();
        if (addresses.Count == 0 && spec["clusterIP"].Text() is { } only)
            addresses = [only];
        return new(ns, name)
        {
            Selector = selector.Count == 0 ? null : labels.Of(selector),
            Ports = Ports(spec["ports"], faults),
            ClusterIps = addresses.Select(a => (Ok: Address.TryParse(a, out var address), address)).Where(a => a.Ok).Select(a => a.address).ToValueList(),
            IsHeadless = addresses.Contains("None"),
            Type = spec["type"].Text("v1.ServiceType") is { Length: > 0 } type ? type : "ClusterIP",
            KeepsSource = spec["externalTrafficPolicy"].Text("v1.ServiceExternalTrafficPolicy") == "Local",
            ExternalName = spec["externalName"].Text() is { Length: > 0 } external ? external : null,
        };
    }

    private static ValueList<ServicePort> Ports(Cursor field, List<FieldError> faults)
    {
        List<ServicePort> ports = [];
        foreach (var item in field.Items("v1.ServicePort") ?? [])
        {
            var port = item.Struct("v1.ServicePort");
            var target = PolicyDecoder.PortOrName(port["targetPort"]);
            var protocol = PodSpecReader.Parsed(port["protocol"].Text("v1.Protocol"));
            var name = port["name"].Text();
            if (port["port"].Int32() is not { } number)
                continue;
            var complaints = NameRules.PortNumber(number).Select(c => FieldError.Invalid(port.Path.Child("port"), number, c)).ToList();
            faults.AddRange(complaints);
            if (complaints.Count == 0)
                ports.Add(new(name is { Length: > 0 } ? name : null, protocol, (ushort)number, target ?? new(number, null)));
        }

        return ports.ToValueList();
    }
}
