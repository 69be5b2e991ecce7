using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.Policy.Asserting;

namespace Podwall.Cli.Testing.Live;

/// <summary>
/// The connections that try an assertion in a cluster: of pods that no policy tells apart one stands for all, each with every port
/// that the receiver declares, or with the ends of ranges where it declares none of them.
/// </summary>
internal sealed class AssertionFlows(Compiled compiled)
{
    public const string NobodyOutside = "nothing outside the cluster can be asked to send";
    public const string ManyAddresses = "of addresses outside, only one that a line names alone is tried";

    private readonly Dictionary<PodId, PodClass> classes = Connectivity.Of(compiled).Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);

    public IEnumerable<ProbeFlow> Of(Assertion assertion)
    {
        Pod[] targets = [.. OneOfEach(assertion.To.Pods)];
        foreach (var from in OneOfEach(assertion.From.Pods))
        {
            foreach (var to in targets)
                if (Other(from, to, assertion) is var (source, target) && AreMeant(source, target, assertion.ApartBy))
                    foreach (var port in PortsOf(assertion.Traffic, target.Ports))
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

    // Pods on their node's network are in no class.
    private IEnumerable<Pod> OneOfEach(ValueList<Pod> pods) => pods.Where(p => !p.IsTerminating && p.Addresses.Count > 0).DistinctBy(p => classes.TryGetValue(p.Id, out var found) ? (object)found : p.Id);

    // A pod that stands for both ends leaves one of them to another pod like it.
    private (Pod, Pod)? Other(Pod from, Pod to, Assertion assertion) => from.Id != to.Id ? (from, to)
        : Like(to, assertion.To.Pods) is { } target ? (from, target)
        : Like(from, assertion.From.Pods) is { } source ? (source, to)
        : null;

    private Pod? Like(Pod pod, ValueList<Pod> pods) => classes.TryGetValue(pod.Id, out var mine)
        ? pods.FirstOrDefault(p => p.Id != pod.Id && !p.IsTerminating && p.Addresses.Count > 0 && classes.GetValueOrDefault(p.Id) == mine)
        : null;

    private bool AreMeant(Pod from, Pod to, string? apartBy) => apartBy is not { } key
        || (Tenant(from, key) is { } one && Tenant(to, key) is { } other && one != other);

    private string? Tenant(Pod pod, string key) => compiled.Snapshot.Find(pod.Id.Namespace)!.Labels[key];

    private static Address? OnlyAddress(AddressSet addresses) => addresses.Ranges.Take(2).ToArray() is [var range] && range.First == range.Last ? range.First : null;

    private static IEnumerable<ProbePort> PortsOf(Traffic traffic, ValueList<ContainerPort> declared)
    {
        foreach (var protocol in ProtocolNames.WithPorts.AsEnumerable())
        {
            ushort[] known = [.. declared.Where(d => d.Protocol == protocol && traffic.Contains(protocol, d.Number)).Select(d => d.Number).Distinct().Order()];
            // Of all ports, those that nobody declares would only be refused.
            foreach (var port in known.Length > 0 || traffic.Of(protocol).IsAll ? known : traffic.Of(protocol).Ranges.SelectMany(r => ((ushort[])[r.First, r.Last]).Distinct()))
                yield return new(protocol, port);
        }

        if (traffic.PortLess)
            yield return new(Protocol.Icmp, 0);
    }
}
