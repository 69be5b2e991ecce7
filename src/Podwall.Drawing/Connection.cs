namespace Podwall.Drawing;

/// <summary>
/// Traffic that passes between two ends before, after, or both. It is only drawn where a policy has a say: where the
/// sender is isolated for egress, or the receiver for ingress, at either phase.
/// </summary>
public sealed record Connection(End From, End To, Allowance Before, Allowance After)
{
    /// <summary>The same holds from <see cref="To"/> to <see cref="From"/>.</summary>
    public bool BothWays { get; init; }

    /// <summary>Some pair of pods may send what it could not send before.</summary>
    public bool Gained { get; init; }

    /// <summary>Some pair of pods may no longer send what it could send before.</summary>
    public bool Lost { get; init; }

    /// <summary>Among the pods of one end.</summary>
    public bool IsInner => From == To;

    /// <summary>Written into one of its ends rather than drawn as an arrow.</summary>
    public bool IsInscribed => IsInner || From is End.Several || To is End.Several;

    public Allowance At(Phase phase) => phase == Phase.Before ? Before : After;

    public Change Change =>
        Before.IsNone ? Change.Added
        : After.IsNone ? Change.Removed
        : (Gained, Lost) switch
        {
            // The same pods may do the same, but where pods came or went, the whole may differ.
            (false, false) => Before == After ? Change.Kept : Change.Changed,
            (true, false) => Change.Widened,
            (false, true) => Change.Narrowed,
            _ => Change.Changed,
        };

    public override string ToString() => $"{From} {(BothWays ? "<->" : "->")} {To}: {Before.Traffic} -> {After.Traffic}";
}
