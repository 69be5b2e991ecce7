using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>A named port that no destination pod has.</summary>
internal sealed class PortNameUnknown : LintRule
{
    private const int MostSubjectsTried = 8;

    public override string Id => "port-name-unknown";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a rule names a port that no destination pod has under that protocol";

    public override string Explanation =>
        """
        A port given by name is the number that the destination pod gives to a container port of that name and of that protocol. Where no
        destination has it, the entry allows nothing, and the pods stay isolated. The name of a Service's port does not count. Behind an ipBlock
        on egress, a name never means anything: there is no pod to look it up on.
        Found where the destination pods are known.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
            foreach (var unknown in Unknown(context.Snapshot, block.Source, policy.Source))
            {
                var isBehindBlock = unknown.Rule.Peers.Count > 0 && unknown.Rule.Peers.All(p => p is Peer.Network);
                if (unknown.Destinations.Count == 0 && !(isBehindBlock && unknown.Id.Direction == Direction.Egress))
                    continue;
                yield return Find(LintPlace.OfPort(unknown.Id, unknown.Index), $"{Message(unknown, isBehindBlock)}; it allows nothing") with
                {
                    Matter = $"{unknown.Id.Direction.Word()} {unknown.Port}",
                    Examples = Example(context, block, policy.Source, unknown),
                    Fix = Fix(unknown, isBehindBlock),
                };
            }
    }

    // The port that was probably meant: of that name under another protocol, or else one that the destination declares.
    private static ValueList<LintExample> Example(LintContext context, CompiledBlock block, NetworkPolicy policy, UnknownPort unknown)
    {
        foreach (var subject in context.SubjectsOf(block, policy).Take(MostSubjectsTried).Select(g => g.Pods[0]))
            foreach (var peer in context.PeersOf(block, unknown.Rule))
                if ((unknown.Id.Direction == Direction.Ingress ? subject : peer.Pod) is { } destination
                    && destination.Ports.Where(p => p.Name == unknown.Port.Name || p.Protocol == unknown.Port.Protocol).OrderByDescending(p => p.Name == unknown.Port.Name).ToArray() is [var port, ..]
                    && context.ExampleThat(Verdict.Deny, unknown.Id.Direction, subject, [peer], Traffic.Of(port.Protocol, PortSet.Of(port.Number))) is [_] example)
                    return example;
        return [];
    }

    private static string Message(UnknownPort unknown, bool isBehindBlock) =>
        isBehindBlock && unknown.Id.Direction == Direction.Egress ? $"{unknown.Port} stands beside an ipBlock, where no pod gives the name a number"
        : unknown.OtherProtocol is { } other ? $"no destination has a {unknown.Port.Protocol.Name()} port \"{unknown.Port.Name}\"; {other.Pod.Workload} has it under {other.Protocol.Name()}"
        : $"no destination ({Wording.Few(unknown.Destinations)}) has a port {unknown.Port}";

    private static string Fix(UnknownPort unknown, bool isBehindBlock) =>
        isBehindBlock ? "Give the port by number."
        : unknown.OtherProtocol is { } other ? $"Write protocol: {other.Protocol.Name()}, or correct the container's port."
        : unknown.Destinations.SelectMany(p => p.Ports).Where(p => p.Name is not null).Select(p => $"{p.Name} ({p.Protocol.Name()} {p.Number})").Distinct().ToArray() is { Length: > 0 } names
            ? $"Use a name that the containers declare: {Wording.Few(names, 5)}; or the number."
            : "Name the port in the pod template (containers[].ports[].name), or give the number.";

    /// <summary>Every named port that no destination pod has. The agent says the same of a running cluster.</summary>
    public static IEnumerable<UnknownPort> Unknown(Snapshot snapshot, NamespaceBlock block, NetworkPolicy policy)
    {
        List<Pod>? subjects = null;
        foreach (var direction in Wording.Both)
            for (var r = 0; r < (policy.Rules(direction)?.Count ?? 0); r++)
            {
                var rule = policy.Rules(direction)!.Value[r];
                for (var i = 0; i < rule.Ports.Count; i++)
                {
                    if (rule.Ports[i] is not PortMatch.Named port)
                        continue;
                    subjects ??= [.. block.Pods.Where(p => !p.UsesHostNetwork && policy.Subject.Selects(p.Labels))];
                    if (subjects.Count == 0)
                        yield break;
                    // A port is always the destination's own.
                    List<Pod> destinations = direction == Direction.Ingress ? subjects : [.. Destinations(snapshot, block, rule).Where(p => !p.UsesHostNetwork)];
                    if (!destinations.Any(p => !port.In(p.Ports).IsEmpty))
                        yield return new(new(policy.Id, direction, r), rule, i, port, destinations);
                }
            }
    }

    private static IEnumerable<Pod> Destinations(Snapshot snapshot, NamespaceBlock block, Rule rule) =>
        rule.AnyPeer ? snapshot.Pods : rule.Peers.SelectMany(p => PodsOf(snapshot, block, p));

    private static IEnumerable<Pod> PodsOf(Snapshot snapshot, NamespaceBlock block, Peer peer) => peer switch
    {
        Peer.PodsHere here => block.Pods.Where(p => here.Pods.Selects(p.Labels)),
        Peer.PodsIn there => snapshot.Namespaces.Where(n => there.Namespaces.Selects(n.Labels)).SelectMany(n => n.Pods).Where(p => there.Pods.Selects(p.Labels)),
        // A name is nobody's among bare addresses.
        _ => [],
    };

    /// <summary>An entry of <c>ports</c>, and the pods that could have given it a number.</summary>
    public sealed record UnknownPort(RuleId Id, Rule Rule, int Index, PortMatch.Named Port, IReadOnlyList<Pod> Destinations)
    {
        public (Pod Pod, Protocol Protocol)? OtherProtocol => Destinations.SelectMany(p => p.Ports.Where(o => o.Name == Port.Name), (p, o) => ((Pod, Protocol)?)(p, o.Protocol)).FirstOrDefault();
    }
}
