using Podwall.Policy;
using Podwall.Tests;
using Podwall.Tests.Policy;

namespace Podwall.SystemTests.Packets;

/// <summary>The three answers on clusters that nobody thought of, each reached from the one before it.</summary>
[Collection(KernelCollection.Name)]
public sealed class GeneratedPacketTests(Node node)
{
    [Fact]
    public void Engine_interpreter_and_packets_agree_on_generated_clusters()
    {
        Sandbox.Require();
        var sent = 0;
        for (var seed = 0; seed < Effort.Times(250); seed++)
        {
            RandomCluster random = new(seed);
            var compiled = Compiled.Compile(OnThisNode(random.Snapshot()));
            Address[] addresses = [.. compiled.Snapshot.Pods.Where(p => !p.UsesHostNetwork).SelectMany(p => p.Addresses), random.OutsideAddress(), random.OutsideAddress()];
            sent += node.Agree(compiled,
            [
                .. from source in addresses.Distinct()
                   from destination in addresses.Distinct()
                   where source.Family == destination.Family && (compiled.At(source).IsGoverned || compiled.At(destination).IsGoverned)
                   from protocol in Enum.GetValues<Protocol>()
                   select new Probe(source, destination, protocol, protocol == Protocol.Icmp ? 0 : random.Port()),
            ], $"seed {seed}");
        }

        Assert.True(sent > 10_000, $"only {sent} packets were sent");
    }

    // Nine pods, each with addresses of its own: contended addresses are closed further than the engine says.
    private static Snapshot OnThisNode(Snapshot snapshot)
    {
        HashSet<Address> taken = [];
        var pods = snapshot.Pods.Where(p => p.Addresses.Count > 0 && p.Addresses.All(a => !snapshot.Nodes.Any(n => n.Addresses.Contains(a))))
            .Where(p => p.Addresses.All(taken.Add)).Take(Wires.Pods).Select(p => p.Id).ToHashSet();
        return new(snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Where(p => pods.Contains(p.Id)).Select(p => p with { Node = Node.Name, UsesHostNetwork = false }))), []);
    }
}
