using System.Text;
using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

public class HostileInputTests
{
    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 100_000)]
    [InlineData("? ", 100_000)]
    [InlineData("{\"a\":", 100_000)]
    [InlineData("[[{\"a\":", 100_000)]
    public void Deep_nesting_ends_in_an_error(string opening, int times) =>
        Assert.NotEmpty(Reading.Of(new StringBuilder().Insert(0, opening, times).ToString()).Errors());

    [Fact]
    public void Deep_JSON_says_so() =>
        Assert.Contains("nested more than 128 deep", ManifestReader.Read(("a.json", new string('[', 5000))).OnlyError().Message);

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
            bomb.AppendLine($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]");
        Assert.Contains("aliases", Reading.Of(bomb.ToString()).OnlyError().Message);
    }

    [Fact]
    public void A_bomb_of_merge_keys_does_not_go_off()
    {
        var bomb = new StringBuilder("a0: &a0 {k: v, l: w}\n");
        for (var i = 1; i < 40; i++)
            bomb.AppendLine($"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: v}}");
        var document = Assert.Single(new TreeReader(ReadingLimits.Default, new StringPool(), true).Read("f", Encoding.UTF8.GetBytes(bomb.ToString())).Documents);
        Assert.InRange(document.Root.Size, 40, 40_000);
    }

    [Fact]
    public void A_tower_of_aliases_is_as_deep_as_what_it_stands_for()
    {
        var tower = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 200; i++)
            tower.AppendLine($"a{i}: &a{i} [*a{i - 1}]");
        Assert.Contains("nested", Reading.Of(tower.ToString()).OnlyError().Message);
    }

    [Fact]
    public void An_endless_input_is_read_no_further_than_the_limit()
    {
        EndlessStream endless = new();
        var limits = new ReadingLimits { Bytes = 1 << 20 };
        var manifests = ManifestReader.Read([new ManifestSource("stdin", () => endless)], new ReadingOptions { Limits = limits });
        Assert.Equal(DiagnosticCodes.Unreadable, manifests.OnlyError().Code);
        Assert.InRange(endless.Given, 1 << 20, 3 << 20);
    }

    [Fact]
    public void A_very_long_YAML_line_is_refused() =>
        Assert.Contains("longer than", Reading.Of($"a: {new string('x', 5_000_000)}").OnlyError().Message);

    [Fact]
    public void Too_many_values_are_refused() =>
        Assert.Contains("more than", ManifestReader.Read([ManifestSource.OfText("a.json", $"[{string.Join(',', Enumerable.Repeat("0", 2000))}]")],
            new ReadingOptions { Limits = new ReadingLimits { Nodes = 1000 } }).OnlyError().Message);

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', 0, (byte)'b' }, "NUL", 2)]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', 0xC3, 0x28 }, "UTF-8", 2)]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "UTF-16", 1)]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'a' }, "UTF-16", 1)]
    public void What_is_no_text_is_refused_with_its_line(byte[] bytes, string message, int line)
    {
        var error = ManifestReader.Read([new ManifestSource("x", () => new MemoryStream(bytes))]).OnlyError();
        Assert.Contains(message, error.Message);
        Assert.Equal(line, error.Position!.Value.Line);
    }

    [Theory]
    [InlineData("port: 99999999999999999999999999999999999999")]
    [InlineData("port: -1")]
    [InlineData("port: 0x7fffffffffffffffffffffffff")]
    [InlineData("port: 1e308")]
    [InlineData("port: .inf")]
    [InlineData("port: 80\n      endPort: 99999999999")]
    public void Huge_numbers_are_errors_in_their_field(string port) =>
        Assert.All(Reading.Of(Reading.PolicyHead + $"spec:\n  ingress:\n  - ports:\n    - {port}\n").Errors(), e => Assert.StartsWith("spec.ingress[0].ports[0].", e.Field));

    [Theory]
    [InlineData("podSelector: {matchLabels: {", "'k {0}': 'v v'", "}}")]
    [InlineData("podSelector: {matchExpressions: [", "{operator: Bad}", "]}")]
    [InlineData("ingress: [", "{from: [{ipBlock: {cidr: bad}}]}", "]")]
    [InlineData("ingress: [", "5", "]")]
    [InlineData("{", "x{0}: 1", "}")]
    [InlineData("ingress: [{", "from: [5]", "}]")]
    public void Thousands_of_faults_are_listed_in_part_and_close_the_object(string open, string item, string close)
    {
        var spec = $"spec:\n  {open}{string.Join(",\n   ", Enumerable.Range(0, 20_000).Select(i => item.Replace("{0}", $"{i}")))}{close}\n";
        var strict = Reading.Of(Reading.PolicyHead + spec);
        Assert.InRange(strict.Errors().Count(), 1, 1000);
        var policy = Reading.Lenient(Reading.PolicyHead + spec).OnlyPolicy();
        Assert.True(policy.Governs(Podwall.Policy.Direction.Ingress));
        Assert.DoesNotContain(policy.Ingress!.Value, r => r.AnyPeer);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        const string Alphabet = "{}[]:,-?&*!|>'\"%@`#~ \t\n\r0aA<.\u00e9";
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            _ = Reading.Of(text);
            _ = Reading.Of(Reading.PolicyHead + "spec:\n  ingress: " + text);
            _ = Reading.Lenient(Reading.PolicyHead + "spec:\n  " + text);
        }
    }

    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
