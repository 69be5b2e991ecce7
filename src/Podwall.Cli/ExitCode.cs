namespace Podwall.Cli;

/// <summary>What scripts may rely on; the table in docs/cli.md is tested against this one.</summary>
public static class ExitCode
{
    /// <summary>Allowed, clean, or every line answered.</summary>
    public const int Ok = 0;

    /// <summary>Denied, or there are findings.</summary>
    public const int Denied = 1;

    /// <summary>Bad usage, input that cannot be read, or a line that cannot be answered.</summary>
    public const int BadInput = 2;

    /// <summary>The cluster cannot be reached.</summary>
    public const int Unreachable = 3;
}
