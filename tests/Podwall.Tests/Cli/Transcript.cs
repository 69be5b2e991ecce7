using System.Text;
using System.Text.RegularExpressions;

namespace Podwall.Tests.Cli;

/// <summary>
/// Commands and what they print, as a person would copy them from a terminal: <c>$ podwall ...</c>, its output, and
/// perhaps <c>$ echo $?</c>. Run again, it must come out the same; with <c>PODWALL_UPDATE_GOLDEN=1</c> it is rewritten.
/// </summary>
internal static partial class Transcript
{
    public static bool IsUpdating => Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1";

    /// <summary>Runs every command of the text, and gives the text as it should be.</summary>
    public static async Task<string> RunAgain(string text)
    {
        var told = new StringBuilder();
        var code = 0;
        foreach (var command in text.Split('\n').Where(l => l.StartsWith("$ ", StringComparison.Ordinal)))
        {
            told.Append(command).Append('\n');
            if (command == "$ echo $?")
            {
                told.Append(code).Append('\n');
                continue;
            }

            var run = await Run(command);
            code = run.Code;
            told.Append(run.Error).Append(run.Out);
        }

        return told.ToString();
    }

    /// <summary>Compares a file that is one transcript.</summary>
    public static async Task Check(string file)
    {
        var written = await File.ReadAllTextAsync(file);
        Settle(file, written, await RunAgain(written));
    }

    /// <summary>Compares the transcripts in the <c>console</c> blocks of a document.</summary>
    public static async Task CheckDocument(string file)
    {
        var written = await File.ReadAllTextAsync(file);
        var (told, at) = (new StringBuilder(), 0);
        foreach (Match block in ConsoleBlock().Matches(written))
        {
            told.Append(written.AsSpan(at, block.Groups[1].Index - at)).Append(await RunAgain(block.Groups[1].Value));
            at = block.Groups[1].Index + block.Groups[1].Length;
        }

        Settle(file, written, told.Append(written.AsSpan(at)).ToString());
    }

    public static IEnumerable<string> Commands(string document) => ConsoleBlock().Matches(document)
        .SelectMany(b => b.Groups[1].Value.Split('\n')).Where(l => l.StartsWith("$ podwall ", StringComparison.Ordinal));

    public static void Settle(string file, string written, string actual)
    {
        if (IsUpdating && written != actual)
            File.WriteAllText(file, actual);
        else
            Assert.Equal(written, actual);
    }

    private static async Task<CliRun> Run(string command)
    {
        var (line, input) = command.Split(" < ") is [var before, var file] ? (before, await File.ReadAllTextAsync(Checkout.At(file))) : (command, "");
        var words = Word().Matches(line[2..]).Select(m => m.Value.Trim('\'')).ToArray();
        Assert.Contains(words[0], (string[])["podwall", "./podwall"]);
        return await CliRun.WithInput(input, words[1..]);
    }

    [GeneratedRegex("""'[^']*'|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"^```console\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();
}
