namespace Podwall.Benchmarks;

/// <summary>How a run was asked for.</summary>
public sealed record Settings
{
    /// <summary>The compiled <c>floor.c</c>, or null where no C compiler was there.</summary>
    public string? FloorProgram { get; init; }

    /// <summary>The published command line program, for its start-up time and size.</summary>
    public string Published { get; init; } = "artifacts/publish/podwall/podwall";

    public string Results { get; init; } = "bench/results";

    /// <summary>Reports unsteady rows too, marked as such: for a machine that is not quiet.</summary>
    public bool IsPreliminary { get; init; }

    public int Flows { get; init; } = 400;

    public int Attempts => IsPreliminary ? 1 : 20;
}
