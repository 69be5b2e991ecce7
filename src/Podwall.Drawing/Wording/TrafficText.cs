using Podwall.Policy;

namespace Podwall.Drawing.Wording;

/// <summary>Says traffic as a label, such as <c>TCP 80, 443; UDP 53</c>.</summary>
internal static class TrafficText
{
    private const int FewPorts = 4;

    public static string Full(Traffic traffic) => Text(traffic, int.MaxValue);

    /// <summary>As <see cref="Full"/>, but with only the first of many ports.</summary>
    public static string Short(Traffic traffic) => Text(traffic, FewPorts);

    private static string Text(Traffic traffic, int most)
    {
        if (traffic.IsEverything)
            return "everything";
        if (traffic.IsNone)
            return "nothing";
        var parts = ProtocolNames.WithPorts.Where(p => !traffic.Of(p).IsEmpty)
            .GroupBy(traffic.Of)
            .Select(g => $"{string.Join("+", g.Select(p => p.Name()))} {Ports(g.Key, most)}");
        return string.Join("; ", traffic.PortLess ? parts.Append("ICMP and others without ports") : parts);
    }

    private static string Ports(PortSet ports, int most)
    {
        if (ports.IsAll)
            return "all ports";
        var ranges = ports.Ranges.ToArray();
        var shown = string.Join(", ", ranges.Take(most));
        return ranges.Length <= most ? shown : $"{shown} and {ranges.Length - most} more";
    }
}
