namespace Podwall.Kubernetes;

/// <summary>Reads whole inputs into trees and turns what fails into diagnostics.</summary>
internal sealed class SourceReader(ReadingLimits limits, StringPool strings, List<Diagnostic> diagnostics, ReadingMemory? memory = null)
{
    private const int FirstBuffer = 64 * 1024;

    private readonly TreeReader trees = new(limits, strings, lettersAreText: true, memory);

    /// <summary>The comments for podwall of all sources so far.</summary>
    public List<Remark> Remarks { get; } = [];

    public IReadOnlyList<TreeDocument> Read(ManifestSource source)
    {
        if (source.Fault is var (message, fix))
        {
            diagnostics.Add(new(Severity.Error, DiagnosticCodes.Unreadable, $"{source.Name}: {message}") { Fix = fix });
            return [];
        }

        if (Load(source) is not { } bytes)
            return [];
        var reading = trees.Read(source.Name, bytes.Span);
        Remarks.AddRange(RemarkReader.Read(source.Name, bytes.Span));
        diagnostics.AddRange(reading.Faults.Select(f => new Diagnostic(Severity.Error, DiagnosticCodes.BrokenSyntax, f.Message)
        {
            Position = f.Position,
            Fix = f.Fix ?? "",
        }));
        // Refusing what every other reader takes for a letter would help nobody; saying nothing would not, either.
        if (reading.FirstLetter is { } letter)
            diagnostics.Add(new(Severity.Warning, DiagnosticCodes.AmbiguousLetter,
                $"an unquoted {letter.Text} is a boolean to kubectl and the API server, which refuse it as a name or label; here it is read as text")
            {
                Position = letter.Position,
                Fix = $"Quote it: \"{letter.Text}\".",
            });
        return reading.Documents;
    }

    private ReadOnlyMemory<byte>? Load(ManifestSource source)
    {
        try
        {
            using var stream = source.Open();
            var buffer = new byte[stream.CanSeek ? Math.Clamp(stream.Length + 1, 1, limits.Bytes + 1L) : FirstBuffer];
            var length = 0;
            while (stream.Read(buffer, length, buffer.Length - length) is > 0 and var read)
            {
                length += read;
                if (length > limits.Bytes)
                {
                    diagnostics.Add(new(Severity.Error, DiagnosticCodes.Unreadable, $"{source.Name}: the input is larger than {limits.Bytes / (1024 * 1024)} MiB")
                    { Fix = "Give fewer objects at once." });
                    return null;
                }

                if (length == buffer.Length)
                    Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, limits.Bytes + 1L));
            }

            return buffer.AsMemory(0, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(new(Severity.Error, DiagnosticCodes.Unreadable, $"{source.Name}: {error.Message}") { Fix = "Check that the file exists and that you may read it." });
            return null;
        }
    }
}
