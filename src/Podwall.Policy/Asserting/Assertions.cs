using Podwall.Policy.Comparing;

namespace Podwall.Policy.Asserting;

/// <summary>Decides assertions over every flow that they are about, by classes of pods.</summary>
public sealed class Assertions
{
    private readonly Compiled compiled;
    private readonly Connectivity connectivity;
    private readonly Dictionary<PodId, PodClass> classes;

    public Assertions(Compiled compiled)
    {
        this.compiled = compiled;
        connectivity = Connectivity.Of(compiled);
        classes = connectivity.Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);
    }

    public AssertionResult Check(Assertion assertion)
    {
        Run run = new(assertion, compiled, Members(assertion.From), Members(assertion.To));
        foreach (var to in run.Targets)
            BetweenClasses(run, to);
        // Pods on their node's network are in no class.
        foreach (var pod in assertion.To.Pods.Where(p => !classes.ContainsKey(p.Id)))
            foreach (var source in assertion.From.Pods)
                run.Note(compiled.At(source), compiled.At(pod), compiled.TrafficBetween(compiled.At(source), compiled.At(pod)));
        foreach (var pod in assertion.From.Pods.Where(p => !classes.ContainsKey(p.Id)))
            foreach (var target in assertion.To.Pods.Where(p => classes.ContainsKey(p.Id)))
                run.Note(compiled.At(pod), compiled.At(target), compiled.TrafficBetween(compiled.At(pod), compiled.At(target)));
        if (assertion.ApartBy is null)
        {
            Outside(run, run.Targets, assertion.From.Addresses, Direction.Ingress);
            Outside(run, run.Sources, assertion.To.Addresses, Direction.Egress);
        }

        return run.Result();
    }

    private Dictionary<PodClass, ValueList<Pod>> Members(EndSet end) => end.Pods.Where(p => classes.ContainsKey(p.Id)).GroupBy(p => classes[p.Id]).ToDictionary(g => g.Key, g => g.ToValueList());

    private void BetweenClasses(Run run, KeyValuePair<PodClass, ValueList<Pod>> to)
    {
        Dictionary<PodClass, Traffic> into = [];
        foreach (var inflow in connectivity.Into(to.Key))
            foreach (var source in inflow.Sources)
                if (run.IsSource(source))
                    into[source] = inflow.Traffic;
        foreach (var from in run.Sources)
            if (run.IsPair(from, to) is var (source, target))
                run.Note(compiled.At(source), compiled.At(target), into.GetValueOrDefault(from.Key, Traffic.None), (long)from.Value.Count * to.Value.Count);
    }

    private void Outside(Run run, IEnumerable<KeyValuePair<PodClass, ValueList<Pod>>> members, AddressSet addresses, Direction direction)
    {
        if (addresses.IsEmpty)
            return;
        foreach (var (member, pods) in members)
        {
            var left = member.Families == IpFamilies.Both ? addresses : addresses.Of(member.Families == IpFamilies.V4 ? IpFamily.V4 : IpFamily.V6);
            foreach (var part in connectivity.Outside(member, direction))
            {
                Note(part.Addresses.Intersect(left), part.Traffic);
                left = left.Except(part.Addresses);
            }

            Note(left, Traffic.None);

            void Note(AddressSet some, Traffic traffic)
            {
                if (some.IsEmpty)
                    return;
                var (pod, address) = (compiled.At(pods[0]), new Endpoint([Causes.AnyOf(some)]));
                if (direction == Direction.Ingress)
                    run.Note(address, pod, traffic, pods.Count);
                else
                    run.Note(pod, address, traffic, pods.Count);
            }
        }
    }

    /// <summary>One assertion on its way through the pairs.</summary>
    private sealed class Run(Assertion assertion, Compiled compiled, Dictionary<PodClass, ValueList<Pod>> sources, Dictionary<PodClass, ValueList<Pod>> targets)
    {
        private readonly HashSet<RuleId> exercised = [];
        private readonly HashSet<PolicyId> isolating = [];
        private Flow? counterexample;
        private long pairs;
        private bool isGoverned;

        public Dictionary<PodClass, ValueList<Pod>> Sources => sources;

        public Dictionary<PodClass, ValueList<Pod>> Targets => targets;

        public bool IsSource(PodClass member) => sources.ContainsKey(member);

        /// <summary>Two different pods of the classes, or null where there are none that count.</summary>
        public (Pod Source, Pod Target)? IsPair(KeyValuePair<PodClass, ValueList<Pod>> from, KeyValuePair<PodClass, ValueList<Pod>> to)
        {
            if (assertion.ApartBy is { } key && (Tenant(from.Key, key) is not { } one || Tenant(to.Key, key) is not { } other || one == other))
                return null;
            var target = to.Value[0];
            foreach (var source in from.Value)
                if (source.Id != target.Id)
                    return (source, target);
            return to.Value.Count > 1 ? (from.Value[0], to.Value[1])
                : target.StandsForReplicas ? (target, target)
                : null;
        }

        private string? Tenant(PodClass member, string key) => compiled.Snapshot.Find(member.Namespace)!.Labels[key];

        public void Note(Endpoint from, Endpoint to, Traffic allowed, long count = 1)
        {
            if (from.IsItself(to) || (from.Families & to.Families) == IpFamilies.None)
                return;
            pairs += count;
            isGoverned |= from.IsolatedBy(Direction.Egress).Count + to.IsolatedBy(Direction.Ingress).Count > 0;
            var wrong = assertion.Is == Verdict.Allow ? assertion.Traffic.Except(allowed) : assertion.Traffic.Intersect(allowed);
            if (!wrong.IsNone)
            {
                var (protocol, port) = Causes.OneOf(wrong);
                counterexample ??= new(from, to, protocol, port);
            }

            foreach (var direction in (Direction[])[Direction.Egress, Direction.Ingress])
            {
                var rules = FlowQuestions.RulesBetween(from, to, direction, assertion.Is == Verdict.Allow ? assertion.Traffic.Intersect(allowed) : assertion.Traffic).ToArray();
                if (assertion.Is == Verdict.Allow)
                    exercised.UnionWith(rules);
                else if (rules.Length == 0)
                    isolating.UnionWith((direction == Direction.Egress ? from : to).IsolatedBy(direction));
            }
        }

        public AssertionResult Result() => new(counterexample, pairs, counterexample is null && assertion.Is == Verdict.Allow && !isGoverned, exercised, isolating);
    }
}
