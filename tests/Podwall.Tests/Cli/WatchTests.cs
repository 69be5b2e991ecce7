using System.Text;
using System.Threading.Channels;
using Podwall.Cli;
using Podwall.Kubernetes.Access;

namespace Podwall.Tests.Cli;

/// <summary><c>podwall test --watch</c>: every change is answered, whatever state the files are in, until somebody interrupts it.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-watch").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_test_is_run_again_when_its_file_or_a_manifest_changes()
    {
        var (test, policy) = (Path.Combine(folder, "test.yaml"), Path.Combine(folder, "manifests", "policy.yaml"));
        Directory.CreateDirectory(Path.GetDirectoryName(policy)!);
        File.Copy(Checkout.At("k8s/tiers/stack/scenario/cluster.yaml"), Path.Combine(folder, "manifests", "cluster.yaml"));
        await File.WriteAllTextAsync(test, Test("deny"), TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using MemoryStream input = new();
        using LineStream output = new(), error = new();
        using Terminal terminal = new(input, output, error) { Surroundings = Surroundings.Empty };
        var running = PodwallCommand.RunAsync(["test", test, "-f", Path.GetDirectoryName(policy)!, "--watch"], terminal, stop.Token);

        await UntilAsync(output, "1 failed");
        await UntilAsync(error, "watching ");
        // What the assertion needs, in a manifest of the watched folder that was not there before.
        await File.WriteAllTextAsync(policy, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed, namespace: apps}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n", stop.Token);
        await UntilAsync(error, "policy.yaml");
        await UntilAsync(output, "all hold");
        await UntilAsync(error, "watching ");
        await File.WriteAllTextAsync(test, "kind: [", stop.Token);
        await UntilAsync(error, "error");
        await UntilAsync(error, "watching ");
        await File.WriteAllTextAsync(test, Test("allow"), stop.Token);
        await UntilAsync(output, "1 failed");
        await UntilAsync(error, "watching ");
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    private static string Test(string verdict) => $"apiVersion: podwall.dev/v1\nkind: Expectations\nexpect:\n- {{from: apps/frontend, to: apps/database, ports: [5432/tcp], is: {verdict}}}\n";

    private static async Task UntilAsync(LineStream stream, string text)
    {
        while (await stream.Lines.ReadAsync(TestContext.Current.CancellationToken) is var line)
            if (line.Contains(text, StringComparison.Ordinal))
                return;
    }

    /// <summary>Hands out what is written to it, line by line.</summary>
    private sealed class LineStream : MemoryStream
    {
        private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
        private readonly StringBuilder begun = new();

        public ChannelReader<string> Lines => lines.Reader;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var character in Encoding.UTF8.GetString(buffer))
                if (character != '\n')
                    begun.Append(character);
                else
                {
                    lines.Writer.TryWrite(begun.ToString());
                    begun.Clear();
                }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
