using System.Text;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Streams;

namespace Podwall.Tests.Lab.Kubectl;

/// <summary>Commands in pods and their logs, as kubectl streams them to whatever runs pods.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private ApiServer server = null!;
    private KubectlSession session = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(new() { Runtime = new Runtime() }, TestContext.Current.CancellationToken);
        session = await KubectlSession.AtAsync(server);
        Assert.Contains("created", await session.RunAsync("kubectl run web --image=any"), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("kubectl exec web -- say hello 'two words'", "default/web/web: hello two words\n")]
    [InlineData("kubectl exec web -c web -- say x", "default/web/web: x\n")]
    [InlineData("kubectl exec web -- fail 3", "failing\ncommand terminated with exit code 3\n[exit 3]\n")]
    [InlineData("printf 'a\\nb\\n' | kubectl exec -i web -- copy", "a\nb\n")]
    [InlineData("kubectl exec web -- break", "error: the runtime is gone\n[exit 1]\n")]
    [InlineData("kubectl exec web -c other -- say x", "Error from server (BadRequest): container other is not valid for pod web\n[exit 1]\n")]
    [InlineData("kubectl exec nobody -- say x", "Error from server (NotFound): pods \"nobody\" not found\n[exit 1]\n")]
    [InlineData("kubectl logs web", "one\ntwo\nthree\n")]
    [InlineData("kubectl logs web --tail=1", "three\n")]
    public async Task What_goes_in_comes_out(string line, string expected) => Assert.Equal(expected, await session.RunAsync(line));

    [Fact]
    public async Task Large_streams_pass_whole()
    {
        const int Bytes = 3_000_000;
        Assert.Equal($"{Bytes}\n", await session.RunAsync($"head -c {Bytes} /dev/zero | kubectl exec -i web -- copy | wc -c"));
    }

    [Fact]
    public async Task A_log_is_followed_until_it_is_left()
    {
        using var following = session.Start("exec kubectl logs -f web");
        foreach (var line in new[] { "one", "two", "three", "and on" })
            Assert.Equal(line, await following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        following.Kill();
    }

    [Fact]
    public async Task A_terminal_has_a_size() =>
        Assert.Contains("77x33", await session.RunAsync("script -qec 'stty cols 77 rows 33; kubectl exec -it web -- size' /dev/null < /dev/null"), StringComparison.Ordinal);

    [Fact]
    public async Task Attaching_joins() => Assert.Contains("joined default/web/web", await session.RunAsync("kubectl patch pod web --subresource=status --type=merge -p '{\"status\":{\"phase\":\"Running\"}}' > /dev/null; kubectl attach web"), StringComparison.Ordinal);

    private sealed class Runtime : IPodRuntime
    {
        public async Task<int> ExecAsync(PodCommand command, PodStreams streams, CancellationToken cancellation)
        {
            switch (command.Words[0])
            {
                case "say":
                    await WriteAsync(streams.Output, $"{command.Pod}/{command.Container}: {string.Join(' ', command.Words.Skip(1))}", cancellation);
                    return 0;
                case "copy":
                    await streams.Input.CopyToAsync(streams.Output, cancellation);
                    return 0;
                case "size":
                    var size = await streams.Sizes.ReadAsync(cancellation);
                    await WriteAsync(streams.Output, $"{size.Width}x{size.Height}", cancellation);
                    return 0;
                case "fail":
                    await WriteAsync(streams.Error, "failing", cancellation);
                    return int.Parse(command.Words[1], System.Globalization.CultureInfo.InvariantCulture);
                default:
                    throw new IOException("the runtime is gone");
            }
        }

        public async Task<int> AttachAsync(PodCommand command, PodStreams streams, CancellationToken cancellation)
        {
            await WriteAsync(streams.Output, $"joined {command.Pod}/{command.Container}", cancellation);
            return 0;
        }

        public async Task LogAsync(PodLog log, Stream output, CancellationToken cancellation)
        {
            string[] lines = ["one", "two", "three"];
            foreach (var line in log.LastLines is { } last ? lines.TakeLast(last) : lines)
                await WriteAsync(output, line, cancellation);
            if (!log.Follows)
                return;
            await WriteAsync(output, "and on", cancellation);
            await output.FlushAsync(cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        private static async Task WriteAsync(Stream stream, string line, CancellationToken cancellation) => await stream.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"), cancellation);
    }
}
