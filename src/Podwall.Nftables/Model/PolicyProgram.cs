using Podwall.Policy;
using static Podwall.Nftables.Model.Expression;

namespace Podwall.Nftables.Model;

/// <summary>
/// The table that makes policy true: its rules never change, and policy is only the content of the maps. See
/// docs/decisions for why the rules have this shape.
/// </summary>
public sealed class PolicyProgram : Program
{
    // Registers: 8 to 11 hold a key whose first word is zero, 16 to 19 an address.
    private const int Key = 8, Word1 = 9, Word2 = 10, Word3 = 11, Scratch = 16;

    private readonly List<Chain> chains = [];

    public PolicyProgram(Maps maps)
        : base(TableFamily.Inet, maps, ["denied_egress", "denied_ingress", "unready", "spoofed", "cut", "group"])
    {
        Maps = maps;
        Prerouting();
        Forward();
        Postrouting();
        foreach (var family in IpFamily.Both)
            Walk(family);
    }

    public static PolicyProgram Instance { get; } = new(Maps.Instance);

    public Maps Maps { get; }

    public override IReadOnlyList<Chain> Chains => chains;

    public IReadOnlyList<Rule> RulesOf(string chain) => chains.Find(c => c.Name == chain)!.Rules;

    private static string V(IpFamily family, string part = "") => $"v{(family == IpFamily.V4 ? 4 : 6)}{part}";

    // Nobody may send with an address that is not his: decided before anything believes the address.
    private void Prerouting()
    {
        List<Rule> rules =
        [
            new("known connection", [.. Established, Accept]),
            new("from a pod interface, with a source that is not reached through it",
                [new Meta(MetaKey.InputName, Scratch), new Find(Maps.Interface, Scratch), .. WrongInput, .. Dropped("spoofed")]),
        ];
        foreach (var family in IpFamily.Both)
            rules.Add(new($"claims a pod of this node, {family}, and enters elsewhere",
                [.. Is(family), .. NotLoopback, SourceOf(family, Scratch), new Find(Maps.Ready[family], Scratch), .. WrongInput, .. Dropped("spoofed")]));
        rules.Add(new("claims the node itself, and enters from outside", [.. NotLoopback, .. FromNode, .. Dropped("spoofed")]));
        chains.Add(new("prerouting", new("prerouting", 0, -149), rules));
    }

    // What the node sends itself never comes here, so that it reaches pods that are not ready.
    private void Forward()
    {
        List<Rule> rules =
        [
            new("known connection", [.. Established, Accept]),
            .. RelatedErrors.Select(steps => new Rule("error about a known connection", [.. steps, Accept])),
            .. OnLink.Select(steps => new Rule("neighbours and groups on the link", [.. steps, Accept])),
        ];
        foreach (var family in IpFamily.Both)
        {
            rules.Add(new($"from a pod interface, {family}, and its policies are not in force yet",
                [new Meta(MetaKey.InputName, Scratch), new Find(Maps.Interface, Scratch), .. Is(family), SourceOf(family, Scratch), new Find(Maps.Ready[family], Scratch, Holds: false), .. Dropped("unready")]));
            rules.Add(new($"to a pod interface, {family}, and its policies are not in force yet",
                [new Meta(MetaKey.OutputName, Scratch), new Find(Maps.Interface, Scratch), .. Is(family), DestinationOf(family, Scratch), new Find(Maps.Ready[family], Scratch, Holds: false), .. Dropped("unready")]));
        }

        chains.Add(new("forward", new("forward", 2, -1), rules));
    }

    // After destination NAT and before this node's source NAT.
    private void Postrouting()
    {
        List<Rule> rules = [];
        foreach (var family in IpFamily.Both)
            rules.Add(new($"a connection that was cut, {family}",
                [.. Is(family), .. Tuple(family), new Find(Maps.Tombstone[family], Key), new End(Outcome.Goto, V(family, "_cut"))]));
        rules.Add(new("known connection", [.. Established, Accept]));
        rules.AddRange(RelatedErrors.Select(steps => new Rule("error about a known connection", [.. steps, Accept])));
        foreach (var family in IpFamily.Both)
            rules.Add(new($"{family}", [.. Is(family), new End(Outcome.Goto, V(family))]));
        chains.Add(new("postrouting", new("postrouting", 4, 95), rules));
    }

    private void Walk(IpFamily family)
    {
        var (ready, range) = (Maps.Ready[family], Maps.Range[family]);
        chains.Add(new(V(family, "_cut"), null,
        [
            new("silence ends it", [new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, 17), .. Tuple(family), new Refresh(Maps.Tombstone[family], Key, Maps.DatagramSilence), .. Dropped("cut")]),
            new("silence ends it", [.. Tuple(family), new Refresh(Maps.Tombstone[family], Key, Maps.Silence), .. Dropped("cut")]),
        ]));
        chains.Add(new(V(family), null,
        [
            new("from an address of this node's pods whose policies are not in force yet",
                [SourceOf(family, Scratch), new Find(range, Scratch), new Find(ready, Scratch, Holds: false), new End(Outcome.Goto, V(family, "_unready"))]),
            new("to an address of this node's pods whose policies are not in force yet",
                [DestinationOf(family, Scratch), new Find(range, Scratch), new Find(ready, Scratch, Holds: false), new End(Outcome.Goto, V(family, "_unready"))]),
            new("broadcast and multicast", [new Meta(MetaKey.PacketType, Scratch), new Within(Scratch, 1, 2), new End(Outcome.Goto, V(family, "_group"))]),
            new("link-local source", [.. LinkLocal(SourceOf(family, Scratch)), new End(Outcome.Goto, V(family, "_group"))]),
            new("link-local destination", [.. LinkLocal(DestinationOf(family, Scratch)), new End(Outcome.Goto, V(family, "_group"))]),
            new("isolated for egress", [SourceOf(family, Scratch), new Map(Maps.SubjectEgress[family], Scratch, Word1), NotZero(Word1), new End(Outcome.Jump, V(family, "_egress"))]),
            new("isolated for ingress", [DestinationOf(family, Scratch), new Map(Maps.SubjectIngress[family], Scratch, Word1), NotZero(Word1), new End(Outcome.Goto, V(family, "_ingress"))]),
        ]));
        chains.Add(new(V(family, "_egress"), null, Side(family, Direction.Egress)));
        chains.Add(new(V(family, "_ingress"), null, Side(family, Direction.Ingress)));
        foreach (var reason in (string[])["egress", "ingress"])
            chains.Add(new(V(family, $"_{reason}_denied"), null, [.. Exempt(family), new("no policy allows it", Dropped($"denied_{reason}"))]));
        chains.Add(new(V(family, "_unready"), null, [.. Exempt(family), new("closed until its policies are in force", Dropped("unready"))]));
        chains.Add(new(V(family, "_group"), null,
        [
            .. Exempt(family),
            new("towards a pod", [new Meta(MetaKey.OutputName, Scratch), new Find(Maps.Interface, Scratch), .. Dropped("group")]),
            new("towards a pod", [DestinationOf(family, Scratch), new Find(ready, Scratch), .. Dropped("group")]),
        ]));
    }

    // Asked only on the way to a drop, so that what is allowed does not pay for it.
    private IEnumerable<Rule> Exempt(IpFamily family) =>
    [
        new("the node itself", [.. FromNode, Accept]),
        new("a pod to itself", [SourceOf(family, Key), DestinationOf(family, Key + Words(family)), new Find(Maps.Self[family], Key), Accept]),
        .. OnLink.Select(steps => new Rule("neighbours and groups on the link", [.. steps, Accept])),
    ];

    private List<Rule> Side(IpFamily family, Direction direction)
    {
        var egress = direction == Direction.Egress;
        var (subject, peer) = egress ? (SourceOf(family, Scratch), DestinationOf(family, Scratch)) : (DestinationOf(family, Scratch), SourceOf(family, Scratch));
        var subjects = (egress ? Maps.SubjectEgress : Maps.SubjectIngress)[family];
        var pairs = egress ? Maps.PairEgress : Maps.PairIngress;
        var allowed = new End(egress ? Outcome.Return : Outcome.Accept);
        List<Rule> rules = [];
        foreach (var (name, map) in ((string, MapShape)[])[("peer", Maps.Peer[family]), ("block", Maps.Block[family])])
        {
            // A value that one map gave becomes part of the next key. nft can list that only behind a word that it understands.
            Expression[] portSet =
            [
                new Payload(Header.Network, 0, 16, Key), new And(Key, new byte[16]),
                subject, new Map(subjects, Scratch, Word1), peer, new Map(map, Scratch, Word2), new Map(pairs, Key, Word1),
            ];
            rules.Add(new($"{name} allowed, every protocol and port", [.. portSet, new Compare(Word1, Equal: true, Network(Maps.EverythingId)), allowed]));
            foreach (var (what, ports) in ((string, MapShape)[])[("port", Maps.Port), ("range of ports", Maps.PortRange)])
                rules.Add(new($"{name} allowed on this {what}",
                    [.. portSet, new Meta(MetaKey.Protocol, Word2), new Payload(Header.Transport, 2, 2, Word3), new Find(ports, Key), allowed]));
        }

        rules.Add(new("nothing allowed it", [new End(Outcome.Goto, V(family, egress ? "_egress_denied" : "_ingress_denied"))]));
        return rules;
    }

    private static int Words(IpFamily family) => family.Bits / 32;

    private static Payload SourceOf(IpFamily family, int register) => new(Header.Network, family == IpFamily.V4 ? 12 : 8, family.Bits / 8, register);

    private static Payload DestinationOf(IpFamily family, int register) => new(Header.Network, family == IpFamily.V4 ? 16 : 24, family.Bits / 8, register);

    private static Expression[] Tuple(IpFamily family) =>
    [
        SourceOf(family, Key), DestinationOf(family, Key + Words(family)),
        new Meta(MetaKey.Protocol, Key + 2 * Words(family)), new Payload(Header.Transport, 0, 4, Key + 2 * Words(family) + 1),
    ];

    private static Expression[] Is(IpFamily family) => [new Meta(MetaKey.Family, Scratch), Equal(Scratch, family == IpFamily.V4 ? (byte)2 : (byte)10)];

    private static Compare Equal(int register, byte value) => new(register, Equal: true, new[] { value });

    private static Compare NotZero(int register) => new(register, Equal: false, new byte[4]);

    private static Expression[] HasState(ConnectionState state) => [new State(Scratch), new And(Scratch, Native((uint)state)), NotZero(Scratch)];

    private static Expression[] Established => HasState(ConnectionState.Established);

    // Other related packets are connections of their own, which a helper expects: policy judges them.
    private static IEnumerable<Expression[]> RelatedErrors =>
        ((byte[])[1, 58]).Select<byte, Expression[]>(icmp => [.. HasState(ConnectionState.Related), new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, icmp)]);

    private static Expression[] FromNode => [new Source(SourceFact.AddressType, Scratch), new Compare(Scratch, Equal: true, Native(2))];

    private static Expression[] WrongInput => [new Source(SourceFact.ReversePath, Scratch), new Compare(Scratch, Equal: true, Native(0))];

    private static Expression[] NotLoopback => [new Meta(MetaKey.InputName, Scratch), new Compare(Scratch, Equal: false, "lo\0"u8.ToArray())];

    private static Expression[] LinkLocal(Payload address) => address.Length == 4
        ? [address, new Compare(Scratch, Equal: true, new byte[] { 169, 254 })]
        : [address, new And(Scratch, new byte[] { 0xff, 0xc0, 0, 0 }), new Compare(Scratch, Equal: true, new byte[] { 0xfe, 0x80, 0, 0 })];

    // Neighbour discovery never leaves its link (RFC 4861: hop limit 255); MLD (RFC 2710, 3810) and IGMP neither.
    private static IReadOnlyList<Expression[]> OnLink =>
    [
        [.. Is(IpFamily.V6), new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, 58), new Payload(Header.Network, 7, 1, Scratch), Equal(Scratch, 255), new Payload(Header.Transport, 0, 1, Scratch), new Within(Scratch, 133, 137)],
        [.. Is(IpFamily.V6), new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, 58), new Payload(Header.Transport, 0, 1, Scratch), new Within(Scratch, 130, 132)],
        [.. Is(IpFamily.V6), new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, 58), new Payload(Header.Transport, 0, 1, Scratch), Equal(Scratch, 143)],
        [new Meta(MetaKey.Protocol, Scratch), Equal(Scratch, 2)],
    ];

    private static End Accept => new(Outcome.Accept);

    private static Expression[] Dropped(string counter) => [new Count(counter), new End(Outcome.Drop)];
}
