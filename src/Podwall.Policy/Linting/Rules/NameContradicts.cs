using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>A policy that does not do what its name, or its annotation of intent, says.</summary>
internal sealed class NameContradicts : LintRule
{
    /// <summary>An annotation with words such as <c>deny-egress</c> or <c>allow-dns</c>, which must hold of the policy.</summary>
    public const string Intent = "podwall.dev/intent";

    private static readonly string[] Denying = ["deny", "denies", "denied", "block", "blocks", "isolate", "isolated", "isolation", "reject", "forbid", "disallow", "lockdown"];
    private static readonly string[] Allowing = ["allow", "allows", "allowed", "permit", "permits", "accept", "open"];

    public override string Id => "name-contradicts";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a policy does not do what its name or its intent annotation says";

    public override string Explanation =>
        """
        A policy named deny-something whose rules allow everything denies nothing; one named allow-something without rules allows nothing; one
        named deny-egress that governs ingress alone leaves egress open; allow-dns that does not open UDP 53 opens no DNS.
        Found from the words of the name (deny, block, isolate, reject; allow, permit, accept; ingress, egress, dns), and from the annotation
        podwall.dev/intent, which takes the same words and is read strictly: deny-all must govern both directions. Names with both kinds of
        words say nothing certain and are left alone.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
        {
            if (Contradiction(policy.Source, policy.Source.Id.Name, isStrict: false) is { } wrongName)
                yield return Find(LintPlace.Of(policy.Source.Id, "metadata.name"), $"the name says {policy.Source.Id.Name}, but the policy {wrongName.What}") with
                {
                    Matter = "name",
                    Examples = wrongName.Example(context, block, policy.Source),
                    Fix = "Correct the rules or policyTypes, or give it another name.",
                };
            if (context.Written(policy.Source.Id)?.Annotations[Intent] is { } intent && Contradiction(policy.Source, intent, isStrict: true) is { } wrongIntent)
                yield return Find(LintPlace.Of(policy.Source.Id, "metadata.annotations"), $"its intent is {intent}, but the policy {wrongIntent.What}") with
                {
                    Matter = "intent",
                    Examples = wrongIntent.Example(context, block, policy.Source),
                    Fix = "Correct the rules or policyTypes, or the annotation.",
                };
        }
    }

    /// <summary>What a policy does in spite of its words, and what a flow that shows it is like.</summary>
    private sealed record Wrong(string What, Direction Direction, Verdict Verdict, Traffic Traffic)
    {
        public ValueList<LintExample> Example(LintContext context, CompiledBlock block, NetworkPolicy policy) => context.SubjectsOf(block, policy) is [var subject, ..]
            ? context.ExampleThat(Verdict, Direction, subject.Pods[0], context.Anybody(block), Traffic)
            : [];
    }

    private static Wrong? Contradiction(NetworkPolicy policy, string text, bool isStrict)
    {
        var words = text.ToLowerInvariant().Split(['-', '_', '.', ' ', '/'], StringSplitOptions.RemoveEmptyEntries);
        var denies = words.Where((w, i) => Denying.Contains(w) && !(i > 0 && words[i - 1] is "ip" or "cidr")).Any();
        var allows = words.Any(Allowing.Contains);
        if (denies == allows)
            return null;
        var named = Wording.Both.Where(d => words.Contains(d.Word()) || (isStrict && words.Contains("all") && !Wording.Both.Any(o => words.Contains(o.Word())))).ToArray();
        return denies ? Denies(policy, named) : Allows(policy, words, named);
    }

    private static Wrong? Denies(NetworkPolicy policy, Direction[] named)
    {
        if (named.FirstOrDefault(d => !policy.Governs(d)) is var missing && named.Any(d => !policy.Governs(d)))
            return new($"does not govern {missing.Word()} (policyTypes)", missing, Verdict.Allow, Traffic.Everything);
        var meant = named.Length > 0 ? named : [.. Wording.Both.Where(policy.Governs)];
        return meant.All(d => policy.Rules(d)!.Value.Any(r => r.AnyPeer && r.AnyPort))
            ? new($"denies nothing: a rule allows every {string.Join(" and ", meant.Select(d => d.Word()))} flow", meant[0], Verdict.Allow, Traffic.Everything)
            : null;
    }

    private static Wrong? Allows(NetworkPolicy policy, string[] words, Direction[] named)
    {
        if (words.Any(w => w is "nothing" or "none" or "no"))
            return null;
        if (named.Length == 1 && !policy.Governs(named[0]))
            return new($"does not govern {named[0].Word()}, so that its {named[0].Word()} rules, if any, do nothing", named[0], Verdict.Allow, Traffic.Everything);
        var governed = Wording.Both.Where(policy.Governs).ToArray();
        if (governed.All(d => policy.Rules(d)!.Value.Count == 0))
            return new("has no rules, and so allows nothing and isolates what it selects", governed[0], Verdict.Deny, Traffic.Everything);
        return words.Contains("dns") && !governed.Any(d => policy.Rules(d)!.Value.Any(OpensDns))
            ? new("opens no port for DNS (UDP 53)", governed[0], Verdict.Deny, Traffic.Of(Protocol.Udp, PortSet.Of(53)))
            : null;
    }

    private static bool OpensDns(Rule rule) => rule.AnyPort || rule.Ports.Any(p => p.Protocol == Protocol.Udp && p is not PortMatch.Numbered { Ports: var ports } || p is PortMatch.Numbered { Protocol: Protocol.Udp } n && (n.Ports.Contains(53) || n.Ports.Contains(5353)));
}
