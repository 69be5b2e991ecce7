namespace Podwall.Policy.Compiling;

/// <summary>What selectors ask of the labels of one namespace's pods: those of its own policies, and those that look in from others.</summary>
internal sealed class AskedLabels
{
    private readonly HashSet<LabelTerm> everywhere;
    private readonly HashSet<LabelTerm> here = [];

    public AskedLabels(CrossFacts cross, IEnumerable<NetworkPolicy> policies)
    {
        everywhere = cross.Terms;
        foreach (var policy in policies)
        {
            LabelTerm.Add(policy.Subject, here);
            foreach (var rule in CrossFacts.Rules(policy))
                foreach (var peer in rule.Peers)
                    if (peer is Peer.PodsHere(var pods))
                        LabelTerm.Add(pods, here);
        }
    }

    /// <summary>Labels that every selector takes for these, with no more in them than selectors can tell.</summary>
    public Labels Trim(Labels labels) => labels.Revalued((key, value) =>
        !Ask(key, null) ? null
        : Ask(key, value) ? value
        : Ask(key, LabelTerm.OtherValue) ? LabelTerm.OtherValue
        : null);

    private bool Ask(string key, string? value) => new LabelTerm(key, value) is var term && (here.Contains(term) || everywhere.Contains(term));
}
