using System.Text;
using System.Text.Unicode;

namespace Podwall.Kubernetes;

/// <summary>What could be read of one text, and what could not.</summary>
internal sealed record TreeReading(List<TreeDocument> Documents, List<UnreadableTextException> Faults)
{
    /// <inheritdoc cref="YamlTreeReader.FirstLetter"/>
    public ScalarNode? FirstLetter { get; set; }
}

/// <summary>Tells JSON from YAML and reads either.</summary>
internal sealed class TreeReader(ReadingLimits limits, StringPool strings, bool lettersAreText, ReadingMemory? memory = null)
{
    public TreeReading Read(string file, ReadOnlySpan<byte> bytes)
    {
        TreeReading reading = new([], []);
        try
        {
            var utf8 = Utf8Of(file, bytes);
            var content = utf8.TrimStart(" \t\r\n"u8);
            if (content.IsEmpty)
                return reading;
            // YAML may begin with a bracket, too, so what is no JSON gets a second chance.
            if (content[0] is not ((byte)'{' or (byte)'[') || !TryReadJson(file, utf8, reading))
                ReadYaml(file, Encoding.UTF8.GetString(utf8), reading);
        }
        catch (UnreadableTextException fault)
        {
            reading.Faults.Add(fault);
        }

        return reading;
    }

    private bool TryReadJson(string file, ReadOnlySpan<byte> utf8, TreeReading reading)
    {
        try
        {
            reading.Documents.AddRange(new JsonTreeReader(file, limits, strings).Read(utf8).Select(d => new TreeDocument(d, DocumentFormat.Json)));
            return true;
        }
        catch (UnreadableTextException fault)
        {
            if (fault.Message.StartsWith("broken JSON", StringComparison.Ordinal) && !file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                return false;
            throw;
        }
    }

    private void ReadYaml(string file, string text, TreeReading reading)
    {
        var reader = new YamlTreeReader(file, limits, strings, lettersAreText);
        foreach (var chunk in YamlChunk.Split(text, file, limits))
        {
            if (memory?.Recall(file, chunk) is { } known)
            {
                reading.Documents.AddRange(known.Select(r => new TreeDocument(r, DocumentFormat.Yaml)));
                continue;
            }

            List<TreeNode> roots = [];
            try
            {
                reader.Read(chunk, roots);
                // What there is to say of a document is not remembered, so one with anything to say is read each time.
                if (reader.FirstLetter is null)
                    memory?.Keep(file, chunk, roots);
            }
            catch (UnreadableTextException fault)
            {
                reading.Faults.Add(fault);
            }

            reading.Documents.AddRange(roots.Select(r => new TreeDocument(r, DocumentFormat.Yaml)));
        }

        reading.FirstLetter = reader.FirstLetter;
    }

    private static ReadOnlySpan<byte> Utf8Of(string file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            throw new UnreadableTextException(new(file, 1, 1), "the file is UTF-16", "Save it as UTF-8 (in PowerShell: Out-File -Encoding utf8).");
        if (bytes.IndexOf((byte)0) is >= 0 and var nul)
            throw new UnreadableTextException(PositionOf(file, bytes, nul), "the file holds a NUL byte, so it is no text", "Give a YAML or JSON file in UTF-8.");
        if (!Utf8.IsValid(bytes))
            throw new UnreadableTextException(PositionOf(file, bytes, FirstInvalid(bytes)), "the file is not UTF-8", "Save it as UTF-8.");
        return bytes;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    private static SourcePosition PositionOf(string file, ReadOnlySpan<byte> bytes, int at)
    {
        var before = bytes[..at];
        return new(file, before.Count((byte)'\n') + 1, at - before.LastIndexOf((byte)'\n'));
    }
}
