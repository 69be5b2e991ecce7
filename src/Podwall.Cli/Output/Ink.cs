namespace Podwall.Cli.Output;

/// <summary>What a piece of text means; colour follows from it, and is never the only sign.</summary>
internal enum Ink
{
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Caution,
}
