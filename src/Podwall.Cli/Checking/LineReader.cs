using System.Collections;

namespace Podwall.Cli.Checking;

/// <summary>The lines of a stream, each within a bound: of a longer one only the fact is kept.</summary>
internal sealed class LineReader(Stream stream, int longest) : IEnumerable<LineReader.Line>
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>A line without its end; the bytes are valid until the next one is read.</summary>
    internal readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);

    public IEnumerator<Line> GetEnumerator()
    {
        var buffer = new byte[64 * 1024];
        var (start, end, number, tooLong) = (0, 0, 1L, false);
        end = stream.ReadAtLeast(buffer, ByteOrderMark.Length, throwOnEndOfStream: false);
        if (buffer.AsSpan(0, end).StartsWith(ByteOrderMark))
            start = ByteOrderMark.Length;
        while (true)
        {
            var newline = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            if (newline >= 0)
            {
                yield return new(number++, tooLong ? default : buffer.AsMemory(start, newline - start), tooLong);
                (start, tooLong) = (newline + 1, false);
                continue;
            }

            if (end - start > longest)
                (tooLong, start, end) = (true, 0, 0);
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                break;
            end += read;
        }

        if (end > start || tooLong)
            yield return new(number, tooLong ? default : buffer.AsMemory(start, end - start), tooLong);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
