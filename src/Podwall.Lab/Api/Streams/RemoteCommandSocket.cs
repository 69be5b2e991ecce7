using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Streams;

/// <summary>
/// A command's streams over one WebSocket (<c>v5.channel.k8s.io</c>, KEP-4006): the first byte of a message is its channel;
/// 255 closes the channel that follows.
/// </summary>
internal sealed class RemoteCommandSocket(WebSocket socket) : IDisposable
{
    public const string Protocol = "v5.channel.k8s.io";

    private const byte Input = 0, Output = 1, Error = 2, Result = 3, Size = 4, Close = 255;

    private readonly SemaphoreSlim sending = new(1);
    private readonly Pipe input = new();
    private readonly Channel<TerminalSize> sizes = Channel.CreateUnbounded<TerminalSize>();

    /// <summary>Runs a command between the streams, tells how it ended, and closes.</summary>
    public async Task RunAsync(bool hasInput, bool hasOutput, bool hasError, Func<PodStreams, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var receiving = ReceiveAsync(stop);
        if (!hasInput)
            await input.Writer.CompleteAsync();
        PodStreams streams = new(input.Reader.AsStream(), hasOutput ? new ChannelStream(this, Output) : Stream.Null, hasError ? new ChannelStream(this, Error) : Stream.Null, sizes.Reader);
        var status = await EndAsync(streams, run, stop.Token);
        try
        {
            await SendAsync(Result, JsonSerializer.SerializeToUtf8Bytes(status, ApiStatus.JsonType), cancellation);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation);
            await receiving;
        }
        catch (WebSocketException)
        {
            // The other end went first.
        }
    }

    public void Dispose() => sending.Dispose();

    private static async Task<ApiStatus> EndAsync(PodStreams streams, Func<PodStreams, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            var code = await run(streams, cancellation);
            return code == 0 ? new() { Status = ApiStatus.Success } : new()
            {
                Status = ApiStatus.Failure,
                Message = $"command terminated with non-zero exit code: exit status {code}",
                Reason = "NonZeroExitCode",
                Details = new() { Causes = [new() { Reason = "ExitCode", Message = $"{code}" }] },
            };
        }
        catch (Exception failed) when (failed is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return new() { Status = ApiStatus.Failure, Message = failed.Message, Reason = "InternalError", Code = 500 };
        }
    }

    // Until the other end closes or breaks off, which ends the command.
    private async Task ReceiveAsync(CancellationTokenSource stop)
    {
        try
        {
            var buffer = new byte[32 * 1024];
            byte? channel = null;
            while (await socket.ReceiveAsync(buffer.AsMemory(), stop.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                // A message may come in parts, of which the first says where it belongs.
                var content = buffer.AsMemory(channel is null ? Math.Min(1, part.Count) : 0, channel is null ? Math.Max(0, part.Count - 1) : part.Count);
                channel ??= part.Count > 0 ? buffer[0] : Input;
                await TakeAsync(channel.Value, content, stop.Token);
                if (part.EndOfMessage)
                    channel = null;
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or JsonException)
        {
            // There is nobody to go on for, or nobody who speaks the protocol.
        }
        finally
        {
            await stop.CancelAsync();
            await input.Writer.CompleteAsync();
            sizes.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(byte channel, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (channel == Input && content.Length > 0)
            await input.Writer.WriteAsync(content, cancellation);
        else if (channel == Close && content.Length > 0 && content.Span[0] == Input)
            await input.Writer.CompleteAsync();
        else if (channel == Size)
        {
            using var size = JsonDocument.Parse(content);
            sizes.Writer.TryWrite(new(Part(size, "Width"), Part(size, "Height")));
        }
    }

    private static ushort Part(JsonDocument size, string name) => size.RootElement.TryGetProperty(name, out var value) && value.TryGetUInt16(out var number) ? number : (ushort)0;

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync((byte[])[channel, .. content.Span], WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>What is written goes out on one channel.</summary>
    private sealed class ChannelStream(RemoteCommandSocket owner, byte channel) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            buffer.Length == 0 ? ValueTask.CompletedTask : new(owner.SendAsync(channel, buffer, cancellationToken));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
