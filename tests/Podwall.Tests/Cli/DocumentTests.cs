using System.Text.RegularExpressions;
using Podwall.Cli;

namespace Podwall.Tests.Cli;

/// <summary>The documents of the command line say what it does: their examples are run, their tables compared.</summary>
public sealed partial class DocumentTests
{
    [Theory, InlineData("docs/cli.md"), InlineData("docs/json.md"), InlineData("README.md")]
    public Task Examples_print_what_the_document_shows(string name) => Transcript.CheckDocument(Checkout.At(name));

    [Fact]
    public async Task The_picture_of_the_readme_is_what_draw_draws() => Transcript.Settle(
        Checkout.At("docs/images/deny-from-other-namespaces.svg"),
        File.ReadAllText(Checkout.At("docs/images/deny-from-other-namespaces.svg")),
        (await CliRun.Of("draw", "-f", "k8s/labs/security/deny-from-other-namespaces.yaml", "-f", "k8s/labs/security/scenario",
            "--before", "k8s/labs/security/scenario", "--title", "deny-from-other-namespaces")).Out);

    [Fact]
    public void The_table_of_exit_codes_is_the_one_in_the_program()
    {
        var table = CodeRow().Matches(Read("cli.md")).ToDictionary(m => int.Parse(m.Groups[1].Value), m => m.Groups[2].Value);
        Assert.Equal(typeof(ExitCode).GetFields().Select(f => (int)f.GetRawConstantValue()!).Order(), table.Keys.Order());
        Assert.StartsWith("Allowed", table[ExitCode.Ok], StringComparison.Ordinal);
        Assert.StartsWith("Denied", table[ExitCode.Denied], StringComparison.Ordinal);
        Assert.StartsWith("Bad usage", table[ExitCode.BadInput], StringComparison.Ordinal);
        Assert.Contains("cluster cannot be reached", table[ExitCode.Unreachable], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_and_option_is_documented()
    {
        var document = Read("cli.md");
        foreach (var command in await UsageTests.Commands())
        {
            Assert.Contains($"podwall {command}", document, StringComparison.Ordinal);
            foreach (var option in UsageTests.Options((await CliRun.Of(command, "--help")).Out))
                Assert.Contains(option, document, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_schema_is_linked()
    {
        foreach (var schema in SchemaTests.Schemas)
            Assert.Contains($"schema/{schema.Data}", Read("json.md"), StringComparison.Ordinal);
    }

    private static string Read(string name) => File.ReadAllText(Checkout.At("docs", name));

    [GeneratedRegex(@"^\| `([0-9]+)` \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex CodeRow();
}
