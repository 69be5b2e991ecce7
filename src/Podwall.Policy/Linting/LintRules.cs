using Podwall.Policy.Linting.Rules;

namespace Podwall.Policy.Linting;

/// <summary>All rules, and the way to run them.</summary>
public static class LintRules
{
    /// <summary>In the order of the documentation.</summary>
    public static ValueList<LintRule> All { get; } =
    [
        new EgressWithoutDns(),
        new DnsWithoutTcp(),
        new AndOrConfusion(),
        new NamespaceSelectorMatchesNothing(),
        new NoEnforcer(),
        new DirectionForgotten(),
        new StoredPolicyTypes(),
        new ImplicitPolicyTypes(),
        new SubjectMatchesNothing(),
        new PeerMatchesNothing(),
        new SelectorNeverMatches(),
        new PortNameUnknown(),
        new BlockCoversPods(),
        new ServiceAddressInBlock(),
        new BlockOfEverywhere(),
        new MetadataReachable(),
        new FamilyMissing(),
        new ExceptRemovesNothing(),
        new HostBits(),
        new LeadingZeros(),
        new RedundantRule(),
        new RedundantPolicy(),
        new OverlappingRules(),
        new NameContradicts(),
        new HalfOpen(),
        new PodWithoutPolicy(),
        new NoDefaultDeny(),
        new ControlPlaneCut(),
        new ExposedServiceCut(),
        new ApiServerCut(),
        new IgnoredField(),
    ];

    public static LintRule? Find(string id) => All.FirstOrDefault(r => r.Id == id);

    /// <summary>What all rules, or those asked for, find; one rule after the other.</summary>
    public static IEnumerable<LintFinding> Check(Snapshot snapshot, LintFacts facts, Func<LintRule, bool>? asked = null)
    {
        LintContext context = new(Compiled.Compile(snapshot), facts);
        return All.Where(asked ?? (_ => true)).SelectMany(r => r.Check(context));
    }
}
