using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Which flows a scenario is about: all pods and the outside addresses that it names, and the ports in question.</summary>
internal sealed class ScenarioFlows(Scenario scenario, LabCluster cluster, IpFamilies families)
{
    private readonly ValueList<Expectation> lines = scenario.Steps.SelectMany(s => s.Expected?.Expect ?? []).ToValueList();

    public IReadOnlyList<ProbeFlow> All()
    {
        ProbeEnd[] ends =
        [
            .. cluster.Snapshot.Pods.Select(p => (ProbeEnd)new ProbeEnd.OnePod(p.Id)),
            .. lines.SelectMany(l => new[] { l.From, l.To }).SelectMany(Ends).OfType<ProbeEnd.AtAddress>().Distinct().OrderBy(a => a.Address),
        ];
        return [.. Between(ends, ends, Ports())];
    }

    /// <summary>Every line that says how a flow must end in a step; else what is so of all others.</summary>
    public ILookup<ProbeFlow, ExpectedVerdict> ExpectedIn(ScenarioStep step)
    {
        if (step.Expected is not { } expected)
            return Array.Empty<(ProbeFlow, ExpectedVerdict)>().ToLookup(p => p.Item1, p => p.Item2);
        var named = expected.Expect.SelectMany(l => Between(Ends(l.From), Ends(l.To), Ports(l)).Where(f => IsMeant(l, f)).Select(f => (Flow: f, Line: new ExpectedVerdict(l.Is, l.Position, IsOtherwise: false)))).ToList();
        if (expected.Otherwise is { } otherwise)
        {
            var said = named.Select(n => n.Flow).ToHashSet();
            ProbeEnd[] ends = [.. lines.SelectMany(l => new[] { l.From, l.To }).SelectMany(Ends).Distinct()];
            named.AddRange(Between(ends, ends, expected.Expect.SelectMany(Ports).Distinct())
                .Where(f => !said.Contains(f)).Select(f => (f, new ExpectedVerdict(otherwise, expected.Position, IsOtherwise: true))));
        }

        return named.ToLookup(n => n.Flow, n => n.Line);
    }

    private IEnumerable<ProbePort> Ports(Expectation line) => line.Ports.SelectMany(p => ProbePort.Of(p, cluster.Snapshot.Pods.SelectMany(d => d.Ports)));

    private bool IsMeant(Expectation line, ProbeFlow flow) => line.ApartBy is not { } key
        || (Tenant(flow.From, key) is { } one && Tenant(flow.To, key) is { } other && one != other);

    private string? Tenant(ProbeEnd end, string key) => end is ProbeEnd.OnePod(var id) && cluster.Snapshot.Find(id) is { } pod ? cluster.Snapshot.LabelOf(pod, key) : null;

    private IEnumerable<ProbePort> Ports() => lines.SelectMany(Ports)
        .Concat(cluster.Snapshot.Pods.SelectMany(p => p.Ports).Select(p => new ProbePort(p.Protocol, p.Number)))
        .Distinct().OrderBy(p => p.Protocol).ThenBy(p => p.Port);

    // Of many addresses one is probed.
    private IEnumerable<ProbeEnd> Ends(FlowEnd end) => FlowEnds.Of(cluster.Snapshot, end) is var set && set.SomeAddress is { } address
        ? [.. set.Pods.Select(p => new ProbeEnd.OnePod(p.Id)), new ProbeEnd.AtAddress(address)]
        : set.Pods.Select(p => new ProbeEnd.OnePod(p.Id));

    private IEnumerable<ProbeFlow> Between(IEnumerable<ProbeEnd> sources, IEnumerable<ProbeEnd> targets, IEnumerable<ProbePort> ports) =>
        from source in sources
        from target in targets
        where source != target && !(source is ProbeEnd.AtAddress && target is ProbeEnd.AtAddress)
        from port in ports
        from family in FamiliesOf(source, target)
        select new ProbeFlow(source, target, port, family);

    // An address that no pod of this lab could answer is probed all the same, and comes back as unknown.
    private IEnumerable<IpFamily> FamiliesOf(ProbeEnd source, ProbeEnd target) => (source, target) switch
    {
        (ProbeEnd.AtAddress(var address), _) => [address.Family],
        (_, ProbeEnd.AtAddress(var address)) => [address.Family],
        _ => IpFamily.Both.Where(f => families.HasFlag(f.AsSet())),
    };
}
