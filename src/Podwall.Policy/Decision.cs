namespace Podwall.Policy;

/// <summary>Deny is the zero value: a forgotten verdict fails closed.</summary>
public enum Verdict
{
    Deny,
    Allow,
}

/// <summary>Why a direction was decided so. Reasons are made when compiling, never while deciding.</summary>
public abstract record Reason
{
    private Reason()
    {
    }

    /// <summary>No policy governs the pod in this direction, so everything is allowed.</summary>
    public sealed record NotIsolated : Reason;

    /// <summary>This end is a node or lies outside the cluster: no policy can govern it.</summary>
    public sealed record NotGoverned : Reason;

    /// <summary>A pod and the node that it runs on always reach each other.</summary>
    public sealed record OwnNode : Reason;

    /// <summary>A pod always reaches itself.</summary>
    public sealed record Itself : Reason;

    /// <summary>The two ends share no address family, so no packet can pass, whatever policies say.</summary>
    public sealed record NoCommonFamily : Reason;

    /// <summary>A rule lets the flow through; others may, too.</summary>
    public sealed record Matched(RuleId Rule) : Reason;

    /// <summary>Policies isolate the pod and none of their rules lets the flow through.</summary>
    public sealed record NothingMatched(ValueList<PolicyId> IsolatedBy) : Reason;
}

/// <summary>What one direction of a flow came to, and why.</summary>
public readonly record struct Decision(Verdict Verdict, Reason Why)
{
    public static Decision NotIsolated { get; } = new(Verdict.Allow, new Reason.NotIsolated());

    public static Decision NotGoverned { get; } = new(Verdict.Allow, new Reason.NotGoverned());

    public static Decision OwnNode { get; } = new(Verdict.Allow, new Reason.OwnNode());

    public static Decision Itself { get; } = new(Verdict.Allow, new Reason.Itself());

    public static Decision NoCommonFamily { get; } = new(Verdict.Deny, new Reason.NoCommonFamily());

    public bool IsAllowed => Verdict == Verdict.Allow;
}
