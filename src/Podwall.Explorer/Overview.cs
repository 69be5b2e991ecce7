namespace Podwall.Explorer;

/// <summary>What there is in a cluster, and what is wrong with it; everything else is asked for.</summary>
public sealed record Overview
{
    /// <summary>Grows with every change of what lies below.</summary>
    public long Revision { get; init; }

    /// <summary>The name of the cluster or its context; empty for a playground, and where it is files.</summary>
    public string Source { get; init; } = "";

    /// <summary>The files and directories that were given in place of a cluster.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Why what is shown may be old: the cluster went away, or cannot be read in full. Empty where all is well.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Whether questions can be answered without a guess.</summary>
    public bool CanDecide { get; init; }

    /// <summary>Whether policies may be applied from the page.</summary>
    public bool MayApply { get; init; }

    public int Pods { get; init; }

    /// <summary>Those of the cluster itself, without any that are proposed.</summary>
    public int Policies { get; init; }

    /// <summary>How many policies are tried on top of the cluster.</summary>
    public int Proposed { get; init; }

    /// <summary>What was proposed and is no policy, so that it changes nothing, such as <c>2 Pod</c>.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Names to ask about, workloads first; cut to what a list of suggestions can hold.</summary>
    public IReadOnlyList<string> Ends { get; init; } = [];

    /// <summary>What pods have labels of; cut to what a list can hold.</summary>
    public IReadOnlyList<string> LabelKeys { get; init; } = [];

    /// <summary>The first of them; <see cref="FindingCount"/> is how many there are.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public int FindingCount { get; init; }

    public int Errors { get; init; }

    public int Warnings { get; init; }
}
