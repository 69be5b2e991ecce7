using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Podwall.Tests.Cli;

/// <summary>The forms of an output say the same, and none of them lets a name take over the screen.</summary>
public sealed class OutputTests
{
    private static readonly string[][] Commands =
    [
        ["matrix"], ["matrix", "--by", "pod"], ["validate"], ["get"],
    ];

    [Fact]
    public async Task Yaml_reads_back_as_the_data_of_the_json()
    {
        foreach (var folder in Scenario.Folders)
            foreach (var command in Commands.Concat(Scenario.Ends(folder).SelectMany(e => new string[][] { ["check", "--from", e.From, "--to", Scenario.WithPort(e.To, "80")], ["check", "--from", e.From, "--to", e.To] })))
                await AssertSame([.. command, "-f", folder], "");
    }

    [Theory]
    [InlineData("true"), InlineData("80"), InlineData("1e3"), InlineData("~"), InlineData("null"), InlineData("y"), InlineData("0x1F"), InlineData("-"), InlineData("- a"), InlineData("a: b")]
    [InlineData("a #b"), InlineData("&a"), InlineData("*a"), InlineData("!a"), InlineData("%a"), InlineData("@a"), InlineData("'a'"), InlineData("\"a\""), InlineData("a\\b"), InlineData("{a}"), InlineData("[a]")]
    [InlineData(" a "), InlineData("a\tb"), InlineData("a\nb"), InlineData("a\n\n  b\n"), InlineData("Ärger 漢字 😀"), InlineData("a\u001b[31mb"), InlineData("a\u0085b\u2028c"), InlineData("2026-01-01"), InlineData("1:30"), InlineData(".inf"), InlineData("NaN"), InlineData("---")]
    public async Task Any_text_survives_yaml(string text) => await AssertSame(["validate", "-f", "-"], WithLabel(text));

    [Theory]
    [InlineData("a\u001b[31mred"), InlineData("a\rb"), InlineData("a\nALLOWED"), InlineData("a\u0007\b\u007f"), InlineData("a\u009b31m"), InlineData("a\u202egnp.exe"), InlineData("a\u2028b"), InlineData("a\u200bb")]
    public async Task A_name_cannot_steer_the_screen(string text)
    {
        foreach (var run in (CliRun[])[await CliRun.WithInput(WithLabel(text), "validate", "-f", "-"), await CliRun.WithInput(WithLabel(text), "get", "-f", "-", "--lenient"), await CliRun.WithInput("", "describe", text, "-f", "k8s/labs/security"), await CliRun.Of(text)])
        {
            Assert.True((run.Out + run.Error).Length > 0);
            Assert.All((run.Out + run.Error).Where(c => c != '\n'), c => Assert.False(char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator, $"U+{(int)c:X4} came through"));
            Assert.DoesNotContain("\nALLOWED", $"\n{run.Out}\n{run.Error}", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a\u001b[31mred"), InlineData("a\u007fb"), InlineData("a\u009b31m")]
    public async Task Json_and_yaml_escape_control_characters(string text)
    {
        foreach (var format in (string[])["json", "jsonl", "yaml"])
            Assert.DoesNotContain((await CliRun.WithInput(WithLabel(text), "validate", "-f", "-", "-o", format)).Out, c => char.IsControl(c) && c != '\n');
    }

    [Theory]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:80"), InlineData("matrix -f k8s/tiers/stack"), InlineData("lab run k8s/labs/security"), InlineData("get -f k8s/labs/security"), InlineData("describe apps/backend -f k8s/tiers/stack")]
    [InlineData("validate -f k8s/skeleton/ipblock-without-cidr/refused/no-cidr.yaml")]
    public async Task Colour_adds_escape_codes_and_nothing_else(string line)
    {
        var (plain, coloured) = (await CliRun.Of(line.Split(' ')), await CliRun.InColour(line.Split(' ')));
        Assert.DoesNotContain('\u001b', plain.Out + plain.Error);
        Assert.Contains('\u001b', coloured.Out);
        Assert.Equal(plain.Out, System.Text.RegularExpressions.Regex.Replace(coloured.Out, "\u001b\\[[0-9;]*m", ""));
        Assert.Equal(plain.Code, coloured.Code);
    }

    [Theory, InlineData("json"), InlineData("yaml"), InlineData("jsonl")]
    public async Task Data_has_no_colour(string format) => Assert.DoesNotContain('\u001b', (await CliRun.InColour("matrix", "-f", "k8s/tiers/stack", "-o", format)).Out);

    [Fact]
    public async Task Each_jsonl_line_is_an_item_of_the_json()
    {
        foreach (var (command, items) in ((string, string)[])[("matrix -f k8s/tiers/stack", "connections"), ("get -f k8s/tiers/stack", "policies"), ("check -f k8s/tiers/stack --from apps/frontend --to apps/backend:8080", "answers"), ("check -f k8s/tiers/stack --from apps/frontend --to apps/backend", "answers"), ("validate -f k8s/skeleton/ipblock-without-cidr/refused", "findings")])
        {
            var whole = JsonNode.Parse((await CliRun.Of([.. command.Split(' '), "-o", "json"])).Out)![items]!.AsArray();
            var lines = (await CliRun.Of([.. command.Split(' '), "-o", "jsonl"])).Lines;
            Assert.True(JsonNode.DeepEquals(whole, new JsonArray([.. lines.Select(l => JsonNode.Parse(l))])), command);
            Assert.NotEmpty(lines);
        }
    }

    [Fact]
    public async Task Standard_input_is_an_input_like_a_file()
    {
        var text = string.Join("\n---\n", Directory.EnumerateFiles(Checkout.At("k8s/labs/security"), "*.yaml", SearchOption.AllDirectories).Where(f => !f.EndsWith("expected.yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        var piped = await CliRun.WithInput(text, "matrix", "-f", "-", "-o", "json");
        Assert.Equal((await CliRun.Of("matrix", "-f", "k8s/labs/security", "-o", "json")).Out, piped.Out);
        Assert.Equal(0, piped.Code);
    }

    [Theory, InlineData("matrix -f k8s -o jsonl"), InlineData("matrix -f k8s/tiers/stack"), InlineData("get -f k8s/tiers/stack -o json"), InlineData("get -f k8s/tiers/stack -o yaml"), InlineData("check -f k8s/labs/security --flows docs/examples/flows.jsonl -o jsonl")]
    public async Task A_reader_that_goes_away_is_no_crash(string line)
    {
        using var stdin = new MemoryStream();
        using var stdout = new Gone();
        using var stderr = new MemoryStream();
        await CliRun.Through(stdin, stdout, stderr, false, line.Split(' '));
        Assert.DoesNotContain("   at ", Encoding.UTF8.GetString(stderr.ToArray()), StringComparison.Ordinal);
    }

    private static async Task AssertSame(string[] command, string input)
    {
        var (json, yaml) = (await CliRun.WithInput(input, [.. command, "-o", "json"]), await CliRun.WithInput(input, [.. command, "-o", "yaml"]));
        Assert.Equal(json.Code, yaml.Code);
        if (json.Out.Length == 0)
        {
            Assert.Empty(yaml.Out);
            return;
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(yaml.Out));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json.Out), Read(Assert.Single(stream.Documents).RootNode)), $"{string.Join(' ', command)}\n{yaml.Out}");
    }

    // As the core schema resolves plain scalars; what is quoted is text.
    private static JsonNode? Read(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Read(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Read)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "True" or "TRUE" } => true,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" or "False" or "FALSE" } => false,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain } number when decimal.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => JsonNode.Parse(JsonSerializer.Serialize(value)),
        YamlScalarNode text => text.Value,
        _ => throw new InvalidOperationException($"{node}"),
    };

    private static string WithLabel(string text) =>
        $$$"""
        {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy",
         "metadata":{"name":{{{JsonSerializer.Serialize(text)}}},"namespace":"apps","labels":{"a":{{{JsonSerializer.Serialize(text + "/")}}} } },
         "spec":{"podSelector":{"matchLabels":{"b":{{{JsonSerializer.Serialize(text)}}} } },"policyTypes":[{{{JsonSerializer.Serialize(text)}}}]} }
        """;

    /// <summary>A pipe whose reader has gone.</summary>
    private sealed class Gone : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");

        public override void WriteByte(byte value) => throw new IOException("Broken pipe");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("Broken pipe");
    }
}
