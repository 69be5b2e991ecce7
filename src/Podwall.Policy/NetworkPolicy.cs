namespace Podwall.Policy;

/// <summary>
/// A policy as the engine reads it: its subject, and per direction its rules, or null for a direction that it does not
/// govern. Defaults of <c>policyTypes</c> are already applied, and inert rules are left out.
/// </summary>
public sealed record NetworkPolicy(PolicyId Id, Selector Subject, ValueList<Rule>? Ingress, ValueList<Rule>? Egress)
{
    /// <summary>What of it could not be read, a sentence each; that part of it allows nothing.</summary>
    public ValueList<string> Faults { get; init; } = [];

    public ValueList<Rule>? Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    public bool Governs(Direction direction) => Rules(direction) is not null;
}
