using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>Small clusters that use every feature, from a seed: few names, so that selectors and blocks often meet.</summary>
public sealed class RandomCluster(int seed)
{
    private static readonly string[] Keys = ["app", "tier"];
    private static readonly string[] Values = ["a", "b", ""];
    private static readonly string[] PortNames = ["http", "dns"];
    private static readonly ushort[] Numbers = [53, 80, 81, 8080, 65535];
    private readonly Random random = new(seed);

    public Snapshot Snapshot()
    {
        var namespaces = Enumerable.Range(0, 1 + random.Next(3)).Select(n => Namespace($"n{n}")).ToArray();
        return new(namespaces, [Node("node1", 1), Node("node2", 2)]);
    }

    public NamespaceBlock Namespace(string name)
    {
        var labels = Labels();
        var pods = Enumerable.Range(0, 1 + random.Next(4)).Select(i => Pod(name, $"p{i}")).ToArray();
        var policies = Enumerable.Range(0, random.Next(4)).Select(i => Policy(name, $"np{i}")).ToArray();
        return new(name, labels, pods, policies) { IsDeclared = Chance(4, 5) };
    }

    public Pod Pod(string ns, string name) => new(new(ns, name), Labels())
    {
        Addresses = random.Next(5) switch
        {
            0 => [],
            1 => [V4()],
            2 => [V6()],
            3 => [V6(), V4()],
            _ => [V4(), V6()],
        },
        Node = random.Next(3) switch { 0 => null, var n => $"node{n}" },
        UsesHostNetwork = Chance(1, 10),
        IsTerminating = Chance(1, 8),
        Ports = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new ContainerPort(Protocol(), Pick(Numbers), Chance(3, 4) ? Pick(PortNames) : null))],
    };

    public NetworkPolicy Policy(string ns, string name)
    {
        var both = random.Next(3);
        return new(new(ns, name), Chance(1, 3) ? Podwall.Policy.Selector.Everything : Selector(), both != 1 ? Rules() : null, both != 0 ? Rules() : null);
    }

    /// <summary>An address that the blocks of <see cref="Block"/> often tell from its neighbours.</summary>
    public Address OutsideAddress() => Chance(1, 2) ? Address.Parse($"10.0.{random.Next(4)}.{random.Next(8) * 32}") : Address.Parse($"fd00::{random.Next(4)}:{random.Next(8) * 32:x}");

    public Protocol Protocol() => (Protocol)random.Next(3);

    public int Port() => Chance(2, 3) ? Pick(Numbers) : random.Next(1, 65536);

    private ValueList<Rule> Rules() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => Rule())];

    private Rule Rule() => new(
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => Peer())],
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => PortMatch())]);

    private Peer Peer() => random.Next(3) switch
    {
        0 => new Peer.PodsHere(Selector()),
        1 => new Peer.PodsIn(Selector(), Chance(1, 2) ? Podwall.Policy.Selector.Everything : Selector()),
        _ => Block(),
    };

    private Peer.Network Block()
    {
        if (Chance(1, 4))
            return new(Cidr.Parse(Chance(1, 2) ? "0.0.0.0/0" : "::/0"), Chance(1, 2) ? [] : [Cidr.Parse("10.0.1.0/24")]);
        return Chance(1, 2)
            ? new(Cidr.Parse($"10.0.{random.Next(4)}.0/{22 + random.Next(4)}"), Chance(1, 3) ? [Cidr.Parse($"10.0.{random.Next(4)}.{random.Next(4) * 64}/26")] : [])
            : new(Cidr.Parse($"fd00::{random.Next(4)}:0/{110 + random.Next(8)}"), Chance(1, 3) ? [Cidr.Parse($"fd00::{random.Next(4)}:0/122")] : []);
    }

    private PortMatch PortMatch() => random.Next(4) switch
    {
        0 => new PortMatch.AllPorts(Protocol()),
        1 => new PortMatch.Named(Protocol(), Pick(PortNames)),
        2 => new PortMatch.Numbered(Protocol(), new(80, (ushort)random.Next(80, 9000))),
        _ => new PortMatch.Numbered(Protocol(), Single(Pick(Numbers))),
    };

    private Selector Selector() => Podwall.Policy.Selector.Of(Enumerable.Range(0, random.Next(3)).Select(_ => Requirement()));

    private Requirement Requirement()
    {
        var key = Chance(1, 5) ? NamespaceBlock.NameLabel : Pick(Keys);
        ValueList<string> values = key == NamespaceBlock.NameLabel ? [$"n{random.Next(3)}"] : [Pick(Values), Pick(Values)];
        return random.Next(5) switch
        {
            0 => new Requirement.NoneOf(key, values),
            1 => new Requirement.Present(key),
            2 => new Requirement.Absent(key),
            _ => new Requirement.OneOf(key, values),
        };
    }

    private Labels Labels() => Podwall.Policy.Labels.Of(Keys.Where(_ => Chance(2, 3)).Select(k => (k, Pick(Values))));

    private static Node Node(string name, int number) =>
        new(name, Podwall.Policy.Labels.None, [Address.Parse($"10.0.3.{number}"), Address.Parse($"fd00::3:{number}")], []);

    private Address V4() => Address.Parse($"10.0.{random.Next(3)}.{1 + random.Next(60)}");

    private Address V6() => Address.Parse($"fd00::{random.Next(3)}:{1 + random.Next(60):x}");

    private static PortRange Single(ushort port) => new(port, port);

    private bool Chance(int of, int outOf) => random.Next(outOf) < of;

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
