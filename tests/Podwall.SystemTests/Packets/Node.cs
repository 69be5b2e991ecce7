using Podwall.Nftables.Interpreting;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.SystemTests.Packets;

/// <summary>The node under test: its wires, its table in the kernel, and what the maps of that table should hold.</summary>
public sealed class Node : IDisposable
{
    public const string Name = "node1";

    private readonly Lazy<(Wires Wires, KernelTable Table, Conntrack Conntrack, Lowered Lowered)> parts = new(() =>
    {
        Lowered lowered = new(new(Name, [], ["pod*"]));
        KernelTable table = new();
        table.Install(lowered.Contents);
        return (Wires.Lay(), table, new(), lowered);
    });

    /// <summary>
    /// Brings the kernel to a state of the cluster and compares what engine, interpreter and packets say of each flow.
    /// </summary>
    /// <returns>How many packets were sent.</returns>
    internal int Agree(Compiled compiled, Probe[] probes, string what)
    {
        var (wires, table, conntrack, lowered) = parts.Value;
        var pods = compiled.Snapshot.Pods.Where(p => !p.UsesHostNetwork).ToArray();
        // Beyond nine, pods share the cables.
        wires.Connect(pods.SelectMany((p, i) => p.Addresses.AsEnumerable().Select(a => (a, i: i % Wires.Pods))).DistinctBy(a => a.a).ToDictionary(a => a.a, a => a.i));
        lowered.Update(compiled);
        table.Apply(lowered.Contents);
        conntrack.Flush();
        foreach (var content in lowered.Contents.All)
            Assert.True(content.From(table.Read(content.Shape)) is null, $"{what}: the kernel holds something else in {content.Shape}");
        Interpreter interpreter = new(lowered.Contents);
        var arrived = wires.Send(table, probes);
        for (var i = 0; i < probes.Length; i++)
        {
            var (from, to, protocol, port) = probes[i];
            var engine = compiled.Decide(new(compiled.At(from), compiled.At(to), protocol, port)).IsAllowed;
            var maps = interpreter.LetsOpen(from, to, protocol, port);
            Assert.True(engine == maps && maps == arrived[i],
                $"{what}: {probes[i]}: the engine {Says(engine)}, the interpreter {Says(maps)}, the packet was {(arrived[i] ? "let through" : "dropped")}");
        }

        return probes.Length;
    }

    /// <summary>Loads something into every map.</summary>
    internal void Fill()
    {
        var (_, table, _, lowered) = parts.Value;
        for (var seed = 0; lowered.Contents.All.Any(c => c.Count == 0 && c.Shape.Name is not ("stamp" or "range4" or "range6")); seed++)
        {
            var snapshot = new Tests.Policy.RandomCluster(seed).Snapshot();
            lowered.Update(Compiled.Compile(new(snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Select(p => p with { Node = Name, UsesHostNetwork = false }))), [])));
        }

        // Where nobody is, so that no other test notices.
        foreach (var (family, one, other) in ((IpFamily, string, string)[])[(IpFamily.V4, "240.0.0.1", "240.0.0.2"), (IpFamily.V6, "3fff::1", "3fff::2")])
        {
            var (first, last) = (Address.Parse(one), Address.Parse(other));
            lowered.Contents[Maps.Instance.Range[family]].Set(new(first.Bits, last.Bits));
            table.Tombstones.Bury(Tomb.Of(new(first, last, 17, 7000, 7001)));
        }

        table.Apply(lowered.Contents);
        using KernelTable ports = new(PortProgram.Instance);
        if (!ports.IsWhole())
            ports.Install(new(PortMaps.Instance));
    }

    /// <summary>Lifts what was cut for the sake of a listing, which would fall silent at some other test's time.</summary>
    internal void Lift()
    {
        if (parts.IsValueCreated)
            parts.Value.Table.Tombstones.Lift(_ => true);
    }

    private static string Says(bool allowed) => allowed ? "allows it" : "denies it";

    public void Dispose()
    {
        if (!parts.IsValueCreated)
            return;
        parts.Value.Table.Dispose();
        parts.Value.Conntrack.Dispose();
    }
}
