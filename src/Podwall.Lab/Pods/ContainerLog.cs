using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Podwall.Lab.Api.Streams;

namespace Podwall.Lab.Pods;

/// <summary>What one container has said: its newest lines, each with its time, and the bytes for those who have joined it.</summary>
internal sealed class ContainerLog(TimeProvider time)
{
    private const int MostLines = 10_000, MostWaiting = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset At, string Text)> lines = new();
    private readonly List<Channel<byte[]>> joined = [];
    private readonly List<byte[]> unheard = [];
    private int waiting;
    private long written;
    private bool isClosed;
    private TaskCompletionSource changed = NewSignal();

    public void Write(string line)
    {
        lock (gate)
        {
            lines.Enqueue((time.GetUtcNow(), line));
            written++;
            if (lines.Count > MostLines)
                lines.Dequeue();
            Signal();
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            foreach (var channel in joined)
                channel.Writer.TryComplete();
            Signal();
        }
    }

    /// <summary>Takes down what a stream says until it ends.</summary>
    public async Task TakeAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        List<byte> line = [];
        while (await ReadAsync(stream, buffer, cancellation) is > 0 and var length)
        {
            Pass(buffer[..length]);
            foreach (var one in buffer.AsMemory(0, length).ToArray())
                if (one != '\n')
                    line.Add(one);
                else
                    Flush(line);
        }

        if (line.Count > 0)
            Flush(line);
    }

    /// <summary>What it says from now on, as it is; the first to join hears what nobody has heard yet.</summary>
    public ChannelReader<byte[]> Join()
    {
        var channel = Channel.CreateUnbounded<byte[]>();
        lock (gate)
        {
            foreach (var part in unheard)
                channel.Writer.TryWrite(part);
            unheard.Clear();
            joined.Add(channel);
            if (isClosed)
                channel.Writer.Complete();
        }

        return channel.Reader;
    }

    public async Task SendAsync(PodLog asked, Stream output, CancellationToken cancellation)
    {
        var (next, left) = (First(asked), asked.Bytes ?? long.MaxValue);
        while (true)
        {
            var (news, after, more) = From(next);
            next = after;
            foreach (var (at, text) in news)
            {
                var line = Encoding.UTF8.GetBytes(asked.HasTimes ? string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'} {text}\n") : $"{text}\n");
                await output.WriteAsync(line.AsMemory(0, (int)Math.Min(line.Length, left)), cancellation);
                left -= Math.Min(line.Length, left);
                if (left == 0)
                    return;
            }

            await output.FlushAsync(cancellation);
            if (!asked.Follows || more is null)
                return;
            await more.WaitAsync(cancellation);
        }
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private void Pass(byte[] part)
    {
        lock (gate)
        {
            foreach (var channel in joined)
                channel.Writer.TryWrite(part);
            if (joined.Count > 0 || waiting > MostWaiting)
                return;
            unheard.Add(part);
            waiting += part.Length;
        }
    }

    private void Flush(List<byte> line)
    {
        Write(Encoding.UTF8.GetString([.. line]).TrimEnd('\r'));
        line.Clear();
    }

    private long First(PodLog asked)
    {
        lock (gate)
        {
            var since = asked.Seconds is { } seconds ? time.GetUtcNow() - TimeSpan.FromSeconds(seconds) : DateTimeOffset.MinValue;
            var wanted = Math.Min(lines.Count(l => l.At >= since), asked.LastLines ?? int.MaxValue);
            return written - wanted;
        }
    }

    private ((DateTimeOffset At, string Text)[] Lines, long Next, Task? More) From(long number)
    {
        lock (gate)
        {
            var first = written - lines.Count;
            return ([.. lines.Skip((int)Math.Max(0, number - first))], written, isClosed ? null : changed.Task);
        }
    }

    private void Signal()
    {
        var signal = changed;
        changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
