namespace Podwall.Policy.Explaining;

/// <summary>The answer to "may A reach B, and why?", before anyone decides how to print it.</summary>
public sealed record Explanation(Flow Flow, FlowDecision Decision, SideExplanation Egress, SideExplanation Ingress)
{
    public Verdict Verdict => Decision.Verdict;

    /// <summary>Facts that were missing and were filled in, as far as some rule asked about them.</summary>
    public ValueList<Assumption> Assumed => [.. Egress.Assumed.Concat(Ingress.Assumed).Distinct()];

    public SideExplanation Side(Direction direction) => direction == Direction.Egress ? Egress : Ingress;
}

/// <summary>One direction: who is governed, by what, and what each rule made of the flow.</summary>
public sealed record SideExplanation(Direction Direction, Endpoint Subject, Endpoint Peer, Decision Decision)
{
    public ValueList<PolicyId> IsolatedBy { get; init; } = [];

    /// <summary>Every rule of every isolating policy, in order of policy and rule.</summary>
    public ValueList<RuleFinding> Rules { get; init; } = [];

    public ValueList<Assumption> Assumed { get; init; } = [];
}

/// <summary>What a rule made of the flow.</summary>
public sealed record RuleFinding(RuleId Id, Rule Rule, ValueList<PeerFinding> Peers, ValueList<PortFinding> Ports)
{
    public bool PeerMatches => Rule.AnyPeer || Peers.Any(p => p.Matches);

    public bool PortMatches => Rule.AnyPort || Ports.Any(p => p.Matches);

    /// <summary>Both match. A port that a name gives may still not count for the peer that matched: see the port's miss.</summary>
    public bool Allows => PeerMatches && PortMatches;
}

/// <summary>What one peer of a rule made of the far end; <see cref="Why"/> is null where it matches.</summary>
public sealed record PeerFinding(int Index, Peer Peer, Miss? Why)
{
    public bool Matches => Why is null;
}

/// <summary>What one port entry of a rule made of the flow; <see cref="Why"/> is null where it matches.</summary>
public sealed record PortFinding(int Index, PortMatch Port, Miss? Why)
{
    public bool Matches => Why is null;
}

/// <summary>A missing fact and what was taken to hold instead (semantics: never a guess that opens).</summary>
public sealed record Assumption(string Fact, string TakenAs)
{
    public static Assumption UndeclaredNamespace(string name) =>
        new($"namespace {name} is not declared", "it has no labels but its name");

    public static Assumption AddressOf(string end) =>
        new($"the address of {end} is unknown", "no ipBlock matches it, unless it holds every address");

    public override string ToString() => $"{Fact}: taken as if {TakenAs}";
}
