namespace Podwall.Kubernetes.Following;

/// <summary>A stream's bytes, held only until they are consumed.</summary>
internal sealed class ByteFeed(Stream stream)
{
    private const int FirstSize = 64 * 1024;
    private const int LargestSize = 64 * 1024 * 1024;

    private byte[] buffer = new byte[FirstSize];
    private int start;
    private int end;

    public ReadOnlySpan<byte> Unread => buffer.AsSpan(start, end - start);

    public void Consume(int count) => start += count;

    /// <summary>Waits for more; false at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">One value is larger than any object can be.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (start == end)
            start = end = 0;
        else if (end == buffer.Length)
            MakeRoom();
        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
        end += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        if (buffer.Length >= LargestSize && start == 0)
            throw new InvalidDataException($"one object is larger than {LargestSize / (1024 * 1024)} MiB");
        var roomy = start > buffer.Length / 2 ? buffer : new byte[Math.Min(LargestSize, buffer.Length * 2)];
        buffer.AsSpan(start, end - start).CopyTo(roomy);
        (buffer, start, end) = (roomy, 0, end - start);
    }
}
