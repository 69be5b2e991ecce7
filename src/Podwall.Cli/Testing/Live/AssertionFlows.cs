using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.Policy.Asserting;

namespace Podwall.Cli.Testing.Live;

/// <summary>
/// The connections that try an assertion in a cluster: of pods that no policy tells apart one stands for all, of receivers one for all
/// that declare the same ports; each with every such port, or with the ends of ranges where nobody declares one of them.
/// </summary>
internal sealed class AssertionFlows(Compiled compiled)
{
    public const string NobodyOutside = "nothing outside the cluster can be asked to send";
    public const string ManyAddresses = "of addresses outside, only one that a line names alone is tried";

    private readonly Dictionary<PodId, PodClass> classes = Connectivity.Of(compiled).Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);

    public IEnumerable<ProbeFlow> Of(Assertion assertion)
    {
        Pod[] targets = [.. Receivers(assertion)];
        foreach (var from in assertion.From.Pods.Where(IsUp).DistinctBy(p => KindOf(p, assertion.ApartBy)))
        {
            foreach (var to in targets)
                if (Other(from, to, assertion) is var (source, target) && AreMeant(source, target, assertion.ApartBy))
                    foreach (var port in PortsOf(assertion.Traffic, Declared(target, assertion.Traffic)))
                        foreach (var family in IpFamily.Both.Where(f => source.AddressOf(f) is not null && target.AddressOf(f) is not null))
                            yield return new(new ProbeEnd.OnePod(source.Id), new ProbeEnd.OnePod(target.Id), port, family);
            if (OnlyAddress(assertion.To.Addresses) is { } address && assertion.ApartBy is null)
                foreach (var port in PortsOf(assertion.Traffic, []))
                    yield return new(new ProbeEnd.OnePod(from.Id), new ProbeEnd.AtAddress(address), port, address.Family);
        }
    }

    /// <summary>What of the assertion no connection of this cluster could try.</summary>
    public static IEnumerable<string> Untried(Assertion assertion)
    {
        if (assertion.ApartBy is null && !assertion.From.Addresses.IsEmpty)
            yield return NobodyOutside;
        if (assertion.ApartBy is null && !assertion.To.Addresses.IsEmpty && OnlyAddress(assertion.To.Addresses) is null)
            yield return ManyAddresses;
    }

    // A connection to a port that nobody serves proves little.
    private IEnumerable<Pod> Receivers(Assertion assertion) => assertion.To.Pods.Where(IsUp).GroupBy(p => KindOf(p, assertion.ApartBy)).SelectMany(alike =>
        alike.Where(p => Declared(p, assertion.Traffic).Count > 0).DistinctBy(p => Declared(p, assertion.Traffic)).DefaultIfEmpty(alike.First()));

    private static ValueList<ProbePort> Declared(Pod pod, Traffic traffic) =>
        [.. pod.Ports.Where(p => traffic.Contains(p.Protocol, p.Number)).Select(p => new ProbePort(p.Protocol, p.Number)).Distinct().OrderBy(p => p.Protocol).ThenBy(p => p.Port)];

    private static bool IsUp(Pod pod) => !pod.IsTerminating && pod.Addresses.Count > 0;

    // Pods on their node's network are in no class; pods that no policy tells apart may be of different tenants.
    private (object, string?) KindOf(Pod pod, string? apartBy) => (classes.TryGetValue(pod.Id, out var found) ? found : pod.Id, apartBy is null ? null : compiled.Snapshot.LabelOf(pod, apartBy));

    // A pod that stands for both ends leaves one of them to another pod like it.
    private (Pod, Pod)? Other(Pod from, Pod to, Assertion assertion) => from.Id != to.Id ? (from, to)
        : Like(to, assertion.To.Pods) is { } target ? (from, target)
        : Like(from, assertion.From.Pods) is { } source ? (source, to)
        : null;

    private Pod? Like(Pod pod, ValueList<Pod> pods) => classes.TryGetValue(pod.Id, out var mine)
        ? pods.FirstOrDefault(p => p.Id != pod.Id && IsUp(p) && classes.GetValueOrDefault(p.Id) == mine)
        : null;

    private bool AreMeant(Pod from, Pod to, string? apartBy) => apartBy is not { } key
        || (compiled.Snapshot.LabelOf(from, key) is { } one && compiled.Snapshot.LabelOf(to, key) is { } other && one != other);

    private static Address? OnlyAddress(AddressSet addresses) => addresses.Ranges.Take(2).ToArray() is [var range] && range.First == range.Last ? range.First : null;

    private static IEnumerable<ProbePort> PortsOf(Traffic traffic, ValueList<ProbePort> declared)
    {
        foreach (var protocol in ProtocolNames.WithPorts.AsEnumerable())
        {
            ushort[] known = [.. declared.Where(d => d.Protocol == protocol).Select(d => d.Port)];
            // Of all ports, those that nobody declares would only be refused.
            foreach (var port in known.Length > 0 || traffic.Of(protocol).IsAll ? known : traffic.Of(protocol).Ranges.SelectMany(r => ((ushort[])[r.First, r.Last]).Distinct()))
                yield return new(protocol, port);
        }

        if (traffic.PortLess)
            yield return new(Protocol.Icmp, 0);
    }
}
