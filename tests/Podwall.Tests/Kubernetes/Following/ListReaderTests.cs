using System.Text;
using CsCheck;
using Podwall.Kubernetes.Following;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>Lists and watches come in chunks that break anywhere.</summary>
public sealed class ListReaderTests
{
    private const string List =
        """
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":3},
         "items":[{"metadata":{"name":"a \"]}"}},{"metadata":{"name":"b"},"list":[{},[1]]}], "extra":[{}]}
        """;

    private const string Events = "{\"type\":\"ADDED\",\"object\":{\"a\":\"}{\"}}\n{\"type\":\"BOOKMARK\",\"object\":{}}\n\n {\"type\":\"X\"}\n";

    [Fact]
    public void A_list_is_read_wherever_the_chunks_break() => Gen.Int[1, 40].Array[1, 60].SampleAsync(
        async sizes =>
        {
            List<string> items = [];
            var list = await ListReader.ReadAsync(new Chunks(List, sizes), json => items.Add(Encoding.UTF8.GetString(json)), CancellationToken.None);
            Assert.Equal(("12", "abc"), (list.ResourceVersion, list.Continue));
            Assert.Equal(["""{"metadata":{"name":"a \"]}"}}""", """{"metadata":{"name":"b"},"list":[{},[1]]}"""], items);
        },
        iter: Effort.Times(300));

    [Fact]
    public void Events_are_cut_wherever_the_chunks_break() => Gen.Int[1, 20].Array[1, 60].SampleAsync(
        async sizes =>
        {
            List<string> events = [];
            WatchFrames frames = new();
            ByteFeed feed = new(new Chunks(Events, sizes));
            while (await feed.FillAsync(CancellationToken.None))
                feed.Consume(frames.Advance(feed.Unread, json => events.Add(Encoding.UTF8.GetString(json))));
            Assert.Equal(Events.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), events);
        },
        iter: Effort.Times(300));

    [Theory]
    [InlineData("")]
    [InlineData("""{"kind":"PodList","items":[{"a":1}""")]
    [InlineData("""{"kind":"PodList","items":[]}""")]
    [InlineData("<html><body>a proxy</body></html>")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{]}""")]
    [InlineData("""[1]""")]
    public async Task What_is_no_whole_list_is_refused(string text) => await Assert.ThrowsAsync<InvalidDataException>(
        () => ListReader.ReadAsync(new Chunks(text, [7]), _ => { }, TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_object_larger_than_the_buffer_is_read()
    {
        var large = new string('x', 300_000);
        var length = 0;
        await ListReader.ReadAsync(new Chunks($$"""{"metadata":{"resourceVersion":"1"},"items":[{"a":"{{large}}"}]}""", [60_000]), json => length = json.Length, TestContext.Current.CancellationToken);
        Assert.Equal(large.Length + """{"a":""}""".Length, length);
    }

    /// <summary>Gives a text in pieces of the given sizes, over and over.</summary>
    private sealed class Chunks(string text, int[] sizes) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        private int next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[next++ % sizes.Length])], cancellationToken);
    }
}
