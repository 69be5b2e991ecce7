namespace Podwall.Lab.Probing;

/// <summary>What became of a connection. Unknown is the zero value: a forgotten outcome proves nothing.</summary>
public enum ProbeResult
{
    Unknown,
    Denied,
    Allowed,
}

/// <summary>What a probe found, and where it found nothing, why: a sentence for a person.</summary>
public readonly record struct ProbeOutcome(ProbeResult Result, string Reason = "")
{
    public static ProbeOutcome Allowed { get; } = new(ProbeResult.Allowed);

    public static ProbeOutcome Denied { get; } = new(ProbeResult.Denied);

    public static ProbeOutcome Unknown(string reason) => new(ProbeResult.Unknown, reason);

    public override string ToString() => Result == ProbeResult.Unknown ? $"unknown: {Reason}" : Result == ProbeResult.Allowed ? "allowed" : "denied";
}

/// <summary>What the engine says of a flow; <see cref="Mixed"/> where the pods behind a Service differ.</summary>
public enum EngineVerdict
{
    Unknown,
    Deny,
    Allow,
    Mixed,
}

/// <summary>A flow, what became of it, and what the engine says.</summary>
public sealed record Probed(ProbeFlow Flow, ProbeOutcome Outcome, EngineVerdict Engine)
{
    /// <summary>Packets show the opposite of what the engine says: one of the two is wrong.</summary>
    public bool IsDisagreement => (Outcome.Result, Engine) is (ProbeResult.Allowed, EngineVerdict.Deny) or (ProbeResult.Denied, EngineVerdict.Allow);

    public bool IsAgreement => (Outcome.Result, Engine) is (ProbeResult.Allowed, EngineVerdict.Allow) or (ProbeResult.Denied, EngineVerdict.Deny)
        || (Engine == EngineVerdict.Mixed && Outcome.Result != ProbeResult.Unknown);
}

/// <summary>A flow of which probe and engine say the opposite, and when.</summary>
public sealed record Disagreement(Probed Probed, string When)
{
    public override string ToString() =>
        $"{Probed.Flow}: the probe was {(Probed.Outcome.Result == ProbeResult.Allowed ? "let through" : "stopped")}, the engine says {(Probed.Engine == EngineVerdict.Allow ? "allow" : "deny")} ({When})";
}
