namespace Podwall.Explorer;

/// <summary>What there is in a cluster, and what is wrong with it; everything else is asked for.</summary>
public sealed record Overview
{
    /// <summary>Grows with every change of what lies below.</summary>
    public long Revision { get; init; }

    /// <summary>The name of the cluster or its context; empty for a playground.</summary>
    public string Source { get; init; } = "";

    /// <summary>Why what is shown may be old: the cluster went away, or cannot be read in full. Empty where all is well.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Whether questions can be answered without a guess.</summary>
    public bool CanDecide { get; init; }

    /// <summary>Whether policies may be applied from the page.</summary>
    public bool MayApply { get; init; }

    public int Pods { get; init; }

    public int Policies { get; init; }

    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Names to ask about, workloads first; cut to what a list of suggestions can hold.</summary>
    public IReadOnlyList<string> Ends { get; init; } = [];

    /// <summary>The first of them; <see cref="FindingCount"/> is how many there are.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public int FindingCount { get; init; }

    public int Errors { get; init; }

    public int Warnings { get; init; }
}
