using Podwall.Drawing;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Drawing;

/// <summary>Holds a board against the engine's verdicts, flow by flow.</summary>
internal sealed class Witness(Board board, Compiled before, Compiled after, RandomCluster random)
{
    private readonly Dictionary<PodId, PodClass> classesBefore = Classes(before);
    private readonly Dictionary<PodId, PodClass> classesAfter = Classes(after);

    public void Check(Phase phase)
    {
        var cards = board.Cards.ToArray();
        foreach (var from in cards)
            foreach (var to in cards)
                Check(phase, from, to);
    }

    /// <summary>A change says what the two phases say.</summary>
    public void CheckChanges()
    {
        foreach (var connection in board.Connections)
        {
            var (was, now) = (connection.Before.Traffic, connection.After.Traffic);
            Assert.False(was.IsNone && now.IsNone);
            Assert.Equal(connection.Change == Change.Added, was.IsNone);
            Assert.Equal(connection.Change == Change.Removed, now.IsNone);
            if (connection.Before.Extent == Extent.Every && connection.After.Extent == Extent.Every && connection.Change == Change.Kept)
                Assert.Equal(was, now);
        }
    }

    private void Check(Phase phase, Card from, Card to)
    {
        var drawn = board.Connections.Where(c => Covers(c, from, to)).ToArray();
        Assert.True(drawn.Length <= 1 || (from == to && from.Pods.Count == 1), $"{from} -> {to} is drawn {drawn.Length} times");
        var allowance = drawn is [var only] ? only.At(phase) : new(Traffic.None, Extent.Every);
        foreach (var source in Ends(phase, from))
            foreach (var destination in Ends(phase, to))
                if (IsGoverned(source, destination) && MayMeet(source, destination))
                    foreach (var (protocol, port) in Samples(allowance.Traffic))
                        CheckFlow(phase, source, destination, protocol, port, allowance);
    }

    private void CheckFlow(Phase phase, Endpoint from, Endpoint to, Protocol protocol, int port, Allowance allowance)
    {
        var flow = new Flow(from, to, protocol, port);
        var decided = (phase == Phase.Before ? before : after).Decide(flow).IsAllowed;
        var drawn = allowance.Traffic.Contains(protocol, port);
        Assert.True(drawn || !decided, $"{flow} is allowed {phase} and not drawn");
        Assert.True(decided || !drawn || allowance.Extent == Extent.Some, $"{flow} is drawn {phase} and denied");
    }

    private IEnumerable<(Protocol, int)> Samples(Traffic traffic) =>
    [
        (Protocol.Icmp, 0),
        (random.Protocol(), random.Port()),
        .. ProtocolNames.WithPorts.Where(p => !traffic.Of(p).IsEmpty).Select(p => (p, (int)traffic.Of(p).Ranges.Last().First)),
    ];

    private static bool Covers(Connection connection, Card from, Card to) =>
        (connection.From.Cards.Contains(from) && connection.To.Cards.Contains(to))
        || (connection.BothWays && connection.To.Cards.Contains(from) && connection.From.Cards.Contains(to));

    private IEnumerable<Endpoint> Ends(Phase phase, Card card)
    {
        var compiled = phase == Phase.Before ? before : after;
        return card.IsOutside
            ? card.Addresses.Ranges.Select(r => compiled.At(r.First)).Where(e => e.IsOutside)
            : card.Pods.Where((phase == Phase.Before ? classesBefore : classesAfter).ContainsKey).Select(compiled.At).OfType<Endpoint>();
    }

    private bool IsGoverned(Endpoint from, Endpoint to) =>
        ((Dictionary<PodId, PodClass>[])[classesBefore, classesAfter]).Any(classes =>
            Exists(classes, from) && Exists(classes, to) && (IsIsolated(classes, from, Direction.Egress) || IsIsolated(classes, to, Direction.Ingress)));

    private static bool Exists(Dictionary<PodId, PodClass> classes, Endpoint end) => end.Pod is null || classes.ContainsKey(end.Pod.Id);

    private static bool IsIsolated(Dictionary<PodId, PodClass> classes, Endpoint end, Direction direction) =>
        end.Pod is not null && classes[end.Pod.Id].IsIsolated(direction);

    // A pod says nothing about itself, nor addresses about each other; families that do not meet decide, not policies.
    private static bool MayMeet(Endpoint from, Endpoint to) =>
        !(from.IsOutside && to.IsOutside) && !(from.Pod is not null && from.Pod.Id == to.Pod?.Id) && (from.Families & to.Families) != 0;

    private static Dictionary<PodId, PodClass> Classes(Compiled compiled) => Connectivity.Of(compiled).Classes
        .SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(c => c.Id, c => c.Class);
}
