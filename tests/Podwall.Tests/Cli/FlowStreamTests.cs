using System.Text;
using System.Text.Json;

namespace Podwall.Tests.Cli;

/// <summary>Tests that measure the process, and so run alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary><c>check --flows</c>: line for line, in order, within bounded memory.</summary>
[Collection(nameof(Alone))]
public sealed class FlowStreamTests
{
    private static readonly string[] Batch = ["check", "-f", "k8s/labs/security", "--flows", "-", "-o", "jsonl"];

    [Fact]
    public async Task The_order_is_kept_and_the_fields_are_repeated()
    {
        var asked = Enumerable.Range(0, 500).Select(i => $$"""{"n":{{i}},"from":"dev/shell","to":"{{(i % 3 == 0 ? "prod/web" : "default/stranger")}}","protocol":"TCP","port":{{i + 1}},"mine":{"a":[1,"x",null]} }""").ToArray();
        var answers = (await CliRun.WithInput(string.Join('\n', asked), Batch)).Lines.Select(Parse).ToArray();
        Assert.Equal(asked.Length, answers.Length);
        foreach (var (question, answer) in asked.Select(Parse).Zip(answers))
        {
            foreach (var field in question.EnumerateObject())
                Assert.True(JsonElement.DeepEquals(field.Value, answer.GetProperty(field.Name)));
            Assert.Equal(question.GetProperty("n").GetInt32() % 3 == 0 ? "deny" : "allow", answer.GetProperty("verdict").GetString());
            Assert.Equal(["n", "from", "to", "protocol", "port", "mine", "verdict", "egress", "ingress"], answer.EnumerateObject().Select(p => p.Name));
        }
    }

    [Theory]
    [InlineData("""{"from":"dev/nobody","to":"prod/web","port":80}""", "nobody")]
    [InlineData("""{"from":"dev/shell","to":"nowhere/web","port":80}""", "nowhere")]
    [InlineData("""{"from":"dev/shell","to":"prod/service/web","port":80}""", "which pod")]
    [InlineData("""{"from":"node/none","to":"prod/web","port":80}""", "none")]
    public async Task A_missing_fact_is_unknown(string line, string missing)
    {
        var answer = Parse(Assert.Single((await CliRun.WithInput(line, Batch)).Lines));
        Assert.Equal("unknown", answer.GetProperty("verdict").GetString());
        Assert.Contains(missing, answer.GetProperty("missing").GetString(), StringComparison.Ordinal);
        Assert.False(answer.TryGetProperty("egress", out _));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80} {}""")]
    [InlineData("""{"from":7,"to":"prod/web","port":80}""")]
    [InlineData("""{"from":"dev/shell","to":"","port":80}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web"}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":0}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":65536}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":"80"}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80.5}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":1e400}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80,"protocol":"GRE"}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80,"protocol":null}""")]
    [InlineData("""{"from":"dev/\ud800","to":"prod/web","port":80}""")]
    [InlineData("""{"from":"dev/shell","to":"prod/web","port":80,"x":"\ud800"}""")]
    [InlineData("""{"x":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]],"from":"dev/shell","to":"prod/web","port":80}""")]
    public async Task A_line_that_cannot_be_read_says_so_and_the_next_is_answered(string line)
    {
        var run = await CliRun.WithInput($"{line}\n{{\"from\":\"dev/shell\",\"to\":\"prod/web\",\"port\":80}}\n", Batch);
        Assert.Equal(2, run.Code);
        Assert.Equal(2, run.Lines.Length);
        Assert.StartsWith("line 1", Assert.Single(Parse(run.Lines[0]).EnumerateObject()).Value.GetString(), StringComparison.Ordinal);
        Assert.Equal("deny", Parse(run.Lines[1]).GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Fields_of_the_answer_are_never_taken_from_the_question()
    {
        var run = await CliRun.WithInput("""{"verdict":"allow","error":"e","missing":"m","egress":1,"ingress":2,"families":3,"from":"dev/shell","to":"prod/web","port":80}""", Batch);
        Assert.Equal(["from", "to", "port", "verdict", "egress", "ingress"], Parse(run.Out).EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Icmp_needs_no_port()
    {
        var run = await CliRun.WithInput("""
            {"from":"prod/client","to":"prod/web","protocol":"ICMP"}
            {"from":"dev/shell","to":"prod/web","protocol":"icmp","port":80}
            {"from":"dev/shell","to":"prod/web","protocol":"ICMP","port":null}
            """, Batch);
        Assert.Equal(["allow", "deny", "deny"], run.Lines.Select(l => Parse(l).GetProperty("verdict").GetString()));
    }

    [Theory]
    [InlineData("\n"), InlineData("\r\n"), InlineData("\n\n"), InlineData("\r\n \t\r\n")]
    public async Task Line_ends_and_blank_lines_do_not_matter(string end)
    {
        var line = """{"from":"dev/shell","to":"prod/web","port":80}""";
        var run = await CliRun.WithInput([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(line + end + line)], false, Batch);
        Assert.Equal(0, run.Code);
        Assert.Equal(2, run.Lines.Length);
        Assert.DoesNotContain('\r', run.Out);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_an_error_and_the_next_is_answered()
    {
        using var input = new Repeated([Encoding.UTF8.GetBytes("{\"x\":\""), .. Enumerable.Repeat(new byte[1 << 16], 1024).Select(b => { Array.Fill(b, (byte)'a'); return b; }), Encoding.UTF8.GetBytes("\n{\"from\":\"dev/shell\",\"to\":\"prod/web\",\"port\":80}")]);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        Assert.Equal(2, await CliRun.Through(input, output, error, false, Batch));
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("line 1 is longer than", lines[0], StringComparison.Ordinal);
        Assert.Contains("deny", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_stream_stays_in_memory()
    {
        var few = await Retained(1_000);
        var many = await Retained(50_000);
        // 50,000 answers are some 15 MB of text; what is kept may not grow with them.
        Assert.True(many - few < 2_000_000, $"{few} bytes are kept after 1,000 lines, {many} after 50,000");

        static async Task<long> Retained(int lines)
        {
            long kept = 0;
            using var input = new Repeated(Questions(lines), () => kept = GC.GetTotalMemory(forceFullCollection: true));
            using var error = new MemoryStream();
            using var output = new Counting();
            Assert.Equal(0, await CliRun.Through(input, output, error, false, Batch));
            Assert.Equal(lines, output.Lines);
            return kept;
        }

        // Every line asks about another outside address, so that a memory of ends would show.
        static IEnumerable<byte[]> Questions(int lines)
        {
            for (var i = 0; i < lines; i++)
                yield return Encoding.UTF8.GetBytes($"{{\"n\":{i},\"from\":\"192.{i / 65536 % 100}.{i / 256 % 256}.{i % 256}\",\"to\":\"prod/web\",\"port\":{i % 65535 + 1}}}\n");
        }
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    /// <summary>Bytes that come into being as they are read.</summary>
    private sealed class Repeated(IEnumerable<byte[]> parts, Action? atEnd = null) : Stream
    {
        private readonly IEnumerator<byte[]> parts = parts.GetEnumerator();
        private ReadOnlyMemory<byte> left;

        public override int Read(byte[] buffer, int offset, int count)
        {
            while (left.IsEmpty)
            {
                if (!parts.MoveNext())
                {
                    atEnd?.Invoke();
                    return 0;
                }

                left = parts.Current;
            }

            var read = Math.Min(count, left.Length);
            left.Span[..read].CopyTo(buffer.AsSpan(offset));
            left = left[read..];
            return read;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Counts lines and keeps nothing.</summary>
    private sealed class Counting : MemoryStream
    {
        public int Lines { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Lines += buffer.Count((byte)'\n');

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void WriteByte(byte value) => Write([value]);
    }
}
