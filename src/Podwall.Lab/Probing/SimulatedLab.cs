using Podwall.Kubernetes;
using Podwall.Nftables.Interpreting;
using Podwall.Nftables.Lowering;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>
/// A lab without processes or packets. What it answers comes from the lowered rulesets of its nodes, never from the
/// engine, so that comparing the two still says something.
/// </summary>
public sealed class SimulatedLab(LabSize size) : ILab
{
    private readonly SimulatedAddresses addresses = new(size);
    private readonly Dictionary<string, Lowered> nodes = Enumerable.Range(1, size.Nodes).ToDictionary(SimulatedAddresses.NodeName, n => new Lowered(new(SimulatedAddresses.NodeName(n), SimulatedAddresses.PodRanges(n, size.Families), ["pod*"])));
    private LabCluster cluster = new(Snapshot.Empty, []);

    public bool IsSimulated => true;

    public LabSize Size { get; } = size;

    public TimeSpan CameUpIn => TimeSpan.Zero;

    public Task BecomeAsync(IReadOnlyList<ManifestSource> objects, IReadOnlyList<LabelChange> labels, CancellationToken cancellation)
    {
        var manifests = ManifestReader.Read(objects);
        if (manifests.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error) is { } refused)
            throw new LabException($"{refused}");
        var labelled = labels.Aggregate(manifests.Snapshot, (snapshot, change) => change.ApplyTo(snapshot));
        cluster = new(addresses.GiveTo(labelled), addresses.GiveTo(manifests.Services));
        var compiled = Compiled.Compile(cluster.Snapshot);
        foreach (var node in nodes.Values)
            node.Update(compiled);
        return Task.CompletedTask;
    }

    public Task<ValueList<Refusal>> RefusalsAsync(ManifestSource objects, CancellationToken cancellation) => Task.FromResult(Refusals.Of(objects));

    public Task<LabCluster> SnapshotAsync(CancellationToken cancellation) => Task.FromResult(cluster);

    public Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, TimeSpan patience, IProgress<int> done, CancellationToken cancellation)
    {
        Legs legs = new(cluster);
        var interpreters = nodes.ToDictionary(n => n.Key, n => new Interpreter(n.Value.Contents));
        var hosts = cluster.Snapshot.Pods.Where(p => !p.UsesHostNetwork).SelectMany(p => p.Addresses.Select(a => (a, p.Node!))).ToDictionary(p => p.a, p => p.Item2);
        var own = cluster.Snapshot.Nodes.SelectMany(n => n.Addresses.Select(a => (a, n.Name))).ToDictionary(n => n.a, n => n.Name);
        List<ProbeOutcome> outcomes = [];
        foreach (var flow in flows)
        {
            cancellation.ThrowIfCancellationRequested();
            // A Service chooses one of its pods; here always the first.
            outcomes.Add(legs.TryFind(flow, out var found) is { } reason ? ProbeOutcome.Unknown(reason) : Lets(found[0]) ? ProbeOutcome.Allowed : ProbeOutcome.Denied);
            done.Report(outcomes.Count);
        }

        return Task.FromResult(outcomes.ToValueList());

        bool Lets(Leg leg) => new[] { hosts.GetValueOrDefault(leg.From), hosts.GetValueOrDefault(leg.To) }.OfType<string>().Distinct()
            .Where(n => own.GetValueOrDefault(leg.From) != n && own.GetValueOrDefault(leg.To) != n)
            .All(n => interpreters[n].LetsOpen(leg.From, leg.To, leg.Protocol, leg.Port));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
