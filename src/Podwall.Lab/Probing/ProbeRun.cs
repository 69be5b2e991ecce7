using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Which flows to probe; what is null stands for all that there are.</summary>
public sealed record ProbeSelection(ProbeEnd? From, ProbeEnd? To, ProbePort? Port);

/// <summary>Probes of a lab beside the engine's verdicts.</summary>
public sealed record ProbeReport(LabReport Lab, ValueList<Probed> Flows)
{
    public IEnumerable<Probed> Disagreements => Flows.Where(f => f.IsDisagreement);
}

/// <summary>Probes what is selected of a running lab: pods, Services by name and by address, and the world outside.</summary>
public static class ProbeRun
{
    // Addresses for documentation (RFC 5737, RFC 3849): nobody has them.
    private static readonly Address[] Outside = [Address.Parse("203.0.113.5"), Address.Parse("2001:db8::5")];

    public static async Task<ProbeReport> RunAsync(ILab lab, ProbeSelection selection, IProgress<int> done, CancellationToken cancellation)
    {
        var cluster = await lab.SnapshotAsync(cancellation);
        ProbeFlow[] flows = [.. Select(cluster, lab.Size.Families, selection)];
        var probed = await lab.ProbeAndJudgeAsync(flows, done, cancellation);
        return new(new(lab.IsSimulated, lab.Size, cluster.Snapshot.Pods.Count(), lab.CameUpIn), probed);
    }

    private static IEnumerable<ProbeFlow> Select(LabCluster cluster, IpFamilies families, ProbeSelection selection)
    {
        ProbeEnd[] pods = [.. cluster.Snapshot.Pods.Select(p => new ProbeEnd.OnePod(p.Id))];
        ProbeEnd[] outside = [.. Outside.Where(a => families.HasFlag(a.Family.AsSet())).Select(a => new ProbeEnd.AtAddress(a))];
        ProbeEnd[] services = [.. cluster.Services.SelectMany(s => s.ClusterIps.Select(a => (ProbeEnd)new ProbeEnd.AtAddress(a)).Prepend(new ProbeEnd.OneService(s.Namespace, s.Name)))];
        return from source in selection.From is { } one ? [one] : pods.Concat(outside)
               from target in selection.To is { } only ? [only] : pods.Concat(services).Concat(outside)
               where source != target && !(outside.Contains(source) && (outside.Contains(target) || services.Contains(target)))
               from port in selection.Port is { } asked ? [asked] : PortsOf(cluster, target)
               from family in IpFamily.Both
               where families.HasFlag(family.AsSet()) && Has(source, family) && Has(target, family)
               select new ProbeFlow(source, target, port, family);
    }

    private static bool Has(ProbeEnd end, IpFamily family) => end is not ProbeEnd.AtAddress(var address) || address.Family == family;

    // A pod that declares no port is asked for those that others declare: its policies may still let them in.
    private static IEnumerable<ProbePort> PortsOf(LabCluster cluster, ProbeEnd target)
    {
        var declared = target switch
        {
            ProbeEnd.OneService(var ns, var name) => cluster.Services.Where(s => s.Namespace == ns && s.Name == name).SelectMany(s => s.Ports).Select(p => new ProbePort(p.Protocol, p.Port)),
            ProbeEnd.AtAddress(var address) => cluster.Services.Where(s => s.ClusterIps.Contains(address)).SelectMany(s => s.Ports).Select(p => new ProbePort(p.Protocol, p.Port)),
            ProbeEnd.OnePod(var id) => cluster.Snapshot.Find(id)?.Ports.Select(p => new ProbePort(p.Protocol, p.Number)) ?? [],
            _ => [],
        };
        var all = cluster.Snapshot.Pods.SelectMany(p => p.Ports).Select(p => new ProbePort(p.Protocol, p.Number)).DefaultIfEmpty(new(Protocol.Tcp, 80));
        return (declared.Any() ? declared : all).Distinct().OrderBy(p => p.Protocol).ThenBy(p => p.Port);
    }
}
