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
        Run run = new(assertion, Members(assertion.From, assertion.ApartBy), Members(assertion.To, assertion.ApartBy));
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

    // Pods that no policy tells apart may be of different tenants.
    private Member[] Members(EndSet end, string? apartBy) =>
    [
        .. end.Pods.Where(p => classes.ContainsKey(p.Id)).GroupBy(p => (Class: classes[p.Id], Tenant: apartBy is null ? null : compiled.Snapshot.LabelOf(p, apartBy)))
            .Select(g => new Member(g.Key.Class, g.Key.Tenant, g.ToArray(), compiled)),
    ];

    private void BetweenClasses(Run run, Member to)
    {
        Dictionary<PodClass, Traffic> into = [];
        foreach (var inflow in connectivity.Into(to.Class))
            foreach (var source in inflow.Sources)
                if (run.SourceClasses.Contains(source))
                    into[source] = inflow.Traffic;
        foreach (var from in run.Sources)
            if (run.IsPair(from, to) is var (source, target))
                run.Note(source, target, into.GetValueOrDefault(from.Class, Traffic.None), (long)from.Pods.Length * to.Pods.Length);
    }

    private void Outside(Run run, IEnumerable<Member> members, AddressSet addresses, Direction direction)
    {
        if (addresses.IsEmpty)
            return;
        foreach (var member in members)
        {
            var left = member.Class.Families == IpFamilies.Both ? addresses : addresses.Of(member.Class.Families == IpFamilies.V4 ? IpFamily.V4 : IpFamily.V6);
            foreach (var part in connectivity.Outside(member.Class, direction))
            {
                Note(part.Addresses.Intersect(left), part.Traffic);
                left = left.Except(part.Addresses);
            }

            Note(left, Traffic.None);

            void Note(AddressSet some, Traffic traffic)
            {
                if (some.IsEmpty)
                    return;
                Endpoint address = new([Causes.AnyOf(some)]);
                if (direction == Direction.Ingress)
                    run.Note(address, member.First, traffic, member.Pods.Length);
                else
                    run.Note(member.First, address, traffic, member.Pods.Length);
            }
        }
    }

    /// <summary>The pods of a class that an end holds, and up to two of them to ask about.</summary>
    private sealed record Member(PodClass Class, string? Tenant, Pod[] Pods, Endpoint First, Endpoint? Second)
    {
        public Member(PodClass of, string? tenant, Pod[] pods, Compiled compiled) : this(of, tenant, pods, compiled.At(pods[0]), pods.Length > 1 ? compiled.At(pods[1]) : null)
        {
        }
    }

    /// <summary>One assertion on its way through the pairs.</summary>
    private sealed class Run(Assertion assertion, Member[] sources, Member[] targets)
    {
        private readonly HashSet<RuleId> exercised = [];
        private readonly HashSet<PolicyId> isolating = [];
        private Flow? counterexample;
        private long pairs;
        private bool isGoverned;

        public Member[] Sources => sources;

        public HashSet<PodClass> SourceClasses { get; } = [.. sources.Select(s => s.Class)];

        public Member[] Targets => targets;

        /// <summary>Two different pods of the classes, or null where there are none that count.</summary>
        public (Endpoint Source, Endpoint Target)? IsPair(Member from, Member to)
        {
            if (assertion.ApartBy is not null && (from.Tenant is null || to.Tenant is null || from.Tenant == to.Tenant))
                return null;
            if (from.First.Pod!.Id != to.First.Pod!.Id)
                return (from.First, to.First);
            return from.Second is not null ? (from.Second, to.First)
                : to.Second is not null ? (from.First, to.Second)
                : to.First.Pod.StandsForReplicas ? (from.First, to.First)
                : null;
        }

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

            Cover(from, to, Direction.Egress, from, allowed);
            Cover(from, to, Direction.Ingress, to, allowed);
        }

        // What a side has been found to do once need not be found again.
        private void Cover(Endpoint from, Endpoint to, Direction direction, Endpoint subject, Traffic allowed)
        {
            if (assertion.Is == Verdict.Allow)
            {
                if (subject.IsGoverned && assertion.Traffic.Intersect(allowed) is { IsNone: false } passing)
                    exercised.UnionWith(FlowQuestions.RulesBetween(from, to, direction, passing));
                return;
            }

            foreach (var policy in subject.IsolatedBy(direction))
                if (!isolating.Contains(policy))
                {
                    if (!FlowQuestions.RulesBetween(from, to, direction, assertion.Traffic).Any())
                        isolating.UnionWith(subject.IsolatedBy(direction));
                    return;
                }
        }

        public AssertionResult Result() => new(counterexample, pairs, counterexample is null && (pairs == 0 || (assertion.Is == Verdict.Allow && !isGoverned)), exercised, isolating);
    }
}
