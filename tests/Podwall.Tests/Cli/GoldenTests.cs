namespace Podwall.Tests.Cli;

/// <summary>What each command prints, word by word: one transcript a file in <c>Golden</c>.</summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Checkout.At("tests", "Podwall.Tests", "Cli", "Golden");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Files))]
    public Task The_output_is_as_recorded(string file) => Transcript.Check(Path.Combine(Folder, file));
}
