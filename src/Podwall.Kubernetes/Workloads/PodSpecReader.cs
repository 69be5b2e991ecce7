using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What a pod's spec says about its network.</summary>
internal sealed record PodSpec(ValueList<ContainerPort> Ports, bool UsesHostNetwork, string? Node)
{
    /// <summary>The service account, unless it is the default one or its token is not given to the pod.</summary>
    public string? Account { get; init; }

    public static PodSpec Empty { get; } = new([], false, null);
}

internal static class PodSpecReader
{
    // The server lists them sorted here, unlike in a policy.
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public static PodSpec Read(Cursor field, List<FieldError> faults)
    {
        var spec = field.Struct("v1.PodSpec");
        List<ContainerPort> ports = [];
        foreach (var container in spec["containers"].Items("v1.Container") ?? [])
            ReadPorts(container.Struct("v1.Container")["ports"], ports, faults);
        foreach (var item in spec["initContainers"].Items("v1.Container") ?? [])
        {
            // Only init containers that keep running serve anything.
            var container = item.Struct("v1.Container");
            if (container["restartPolicy"].Text("v1.ContainerRestartPolicy") == "Always")
                ReadPorts(container["ports"], ports, faults);
        }

        return new(ports.ToValueList(), spec["hostNetwork"].Boolean() ?? false, spec["nodeName"].Text() is { Length: > 0 } node ? node : null)
        {
            Account = spec["serviceAccountName"].Text() is { Length: > 0 } account && account != "default" && spec["automountServiceAccountToken"].Boolean() != false ? account : null,
        };
    }

    private static void ReadPorts(Cursor field, List<ContainerPort> ports, List<FieldError> faults)
    {
        foreach (var item in field.Items("v1.ContainerPort") ?? [])
        {
            var port = item.Struct("v1.ContainerPort");
            var before = faults.Count;
            var name = port["name"].Text();
            var number = port["containerPort"].Int32();
            var protocol = port["protocol"].Text("v1.Protocol");
            Check(port.Path, name, port["containerPort"].IsAbsent ? 0 : number, protocol, faults);
            if (faults.Count == before && number is { } valid)
                ports.Add(new(Parsed(protocol), (ushort)valid, name is { Length: > 0 } ? name : null));
        }
    }

    private static void Check(FieldPath path, string? name, int? number, string? protocol, List<FieldError> faults)
    {
        foreach (var complaint in name is { Length: > 0 } ? NameRules.PortName(name) : [])
            faults.Add(FieldError.Invalid(path.Child("name"), name!, complaint).WithFix("At most 15 of a-z, 0-9 and '-', with a letter among them."));
        if (number == 0)
            faults.Add(FieldError.Required(path.Child("containerPort"), "").WithFix("Give the number that the container listens on."));
        else
            faults.AddRange(NameRules.PortNumber(number ?? 1).Select(c => FieldError.Invalid(path.Child("containerPort"), number!.Value, c)));
        if (protocol is { Length: > 0 } && !Protocols.Contains(protocol))
            faults.Add(FieldError.NotSupported(path.Child("protocol"), protocol, Protocols).WithFix(PolicyRules.Spelling(protocol, Protocols)));
    }

    internal static Protocol Parsed(string? protocol) => protocol switch
    {
        "UDP" => Protocol.Udp,
        "SCTP" => Protocol.Sctp,
        _ => Protocol.Tcp,
    };
}
