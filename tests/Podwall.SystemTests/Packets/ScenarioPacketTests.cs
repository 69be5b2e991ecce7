using Podwall.Policy;
using Podwall.Tests.Scenarios;

namespace Podwall.SystemTests.Packets;

/// <summary>Every scenario that we teach, with packets: what the engine says of it is what the kernel does.</summary>
[Collection(KernelCollection.Name)]
public sealed class ScenarioPacketTests(Node node)
{
    private static readonly Address[] Outside = [Address.Parse("203.0.113.5"), Address.Parse("10.1.2.3"), Address.Parse("2001:db8:5::5")];

    [Fact]
    public void Engine_interpreter_and_packets_agree_on_every_step_of_every_scenario()
    {
        Sandbox.Require();
        var sent = 0;
        foreach (var scenario in ScenarioSteps.Names)
            foreach (var (step, snapshot) in ScenarioSteps.Of(scenario))
            {
                var compiled = Compiled.Compile(Dressed(snapshot));
                Address[] ends = [.. compiled.Snapshot.Pods.SelectMany(p => p.Addresses), .. Outside];
                var ports = step.Expect.SelectMany(e => e.Ports).Select(p => (p.Protocol, p.Port ?? (ushort)0)).Append((Protocol.Tcp, (ushort)80)).Append((Protocol.Udp, (ushort)53)).Distinct();
                sent += node.Agree(
                    compiled,
                    [
                        .. from f in ends from t in ends
                           where f != t && f.Family == t.Family && !(Outside.Contains(f) && Outside.Contains(t))
                           from p in ports
                           select new Probe(f, t, p.Item1, p.Item2),
                    ],
                    $"{scenario}, {step.Name}");
            }

        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} packets agreed");
        Assert.True(sent > 5_000);
    }

    // The pods of a scenario have no addresses; here each gets one of each family, on this node.
    private static Snapshot Dressed(Snapshot snapshot)
    {
        var number = 0;
        return new(snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Select(p =>
        {
            number++;
            return p with { Node = Node.Name, StandsForReplicas = false, Addresses = [Address.Parse($"10.244.7.{number}"), Address.Parse($"fd00:7::{number}")] };
        }).ToArray())), []);
    }
}
