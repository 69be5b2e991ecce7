using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.SystemTests.Packets;

/// <summary>Three answers to every recorded flow: the engine's, the interpreter's, and the kernel's with a packet.</summary>
[Collection(KernelCollection.Name)]
public sealed class CorpusPacketTests(Node node)
{
    [Fact]
    public void Engine_interpreter_and_packets_agree_on_every_case()
    {
        Sandbox.Require();
        var sent = 0;
        foreach (var id in CorpusSteps.Cases.Select(c => c.Data))
            foreach (var step in CorpusSteps.Of(id, Dressed))
                sent += node.Agree(step.Compiled, [.. step.Verdicts.SelectMany(v => Probes(step.Compiled, v))], id);

        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} packets agreed");
        Assert.True(sent > 100_000 || !CorpusSteps.Cases.Any());
    }

    private static IEnumerable<Probe> Probes(Compiled compiled, CorpusVerdict verdict)
    {
        var (from, to) = (CorpusSteps.End(compiled, verdict.From), CorpusSteps.End(compiled, verdict.To));
        foreach (var source in from.Addresses.AsEnumerable())
            foreach (var destination in to.Addresses.AsEnumerable().Where(a => a.Family == source.Family && IsRouted(a) && IsRouted(source)))
                // What two nodes say to each other is not ours.
                if (compiled.At(source).IsGoverned || compiled.At(destination).IsGoverned)
                    yield return new(source, destination, verdict.Protocol, verdict.Port);
    }

    private static bool IsRouted(Address address) => !$"{address}".StartsWith("127.", StringComparison.Ordinal) && !$"{address}".StartsWith("0.", StringComparison.Ordinal);

    // All pods live on this node, and on both families; those of the host's network are another node.
    private static Snapshot Dressed(Snapshot snapshot) => new(snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Select(p => p with
    {
        Node = p.UsesHostNetwork ? "node2" : Node.Name,
        Addresses = p.AddressOf(IpFamily.V6) is null && p.AddressOf(IpFamily.V4) is { } v4 ? [.. p.Addresses, Address.Parse($"fd00::{v4.ToString().Replace('.', ':')}")] : p.Addresses,
    }))), []);
}
