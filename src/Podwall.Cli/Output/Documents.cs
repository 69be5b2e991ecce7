using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Podwall.Cli.Output;

/// <summary>Writes a report that knows its JSON as JSON or as YAML.</summary>
internal static class Documents
{
    // Names hold <, > and non-Latin letters; nothing here is put into a page.
    public static JsonWriterOptions Pretty { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Terminal terminal, OutputFormat format, Action<Utf8JsonWriter> report)
    {
        if (format == OutputFormat.Yaml)
        {
            WriteYaml(terminal.Out, report);
            return;
        }

        terminal.Out.Flush();
        using (var json = new Utf8JsonWriter(terminal.Output, format == OutputFormat.Jsonl ? Compact : Pretty))
            report(json);
        terminal.Output.Write("\n"u8);
    }

    /// <summary>Writes one entry a line, or else the report that has them in it.</summary>
    public static void Write<T>(Terminal terminal, OutputFormat format, IEnumerable<T> entries, Action<Utf8JsonWriter, T> entry, Action<Utf8JsonWriter> report)
    {
        if (format != OutputFormat.Jsonl)
        {
            Write(terminal, format, report);
            return;
        }

        foreach (var one in entries)
            Write(terminal, format, json => entry(json, one));
    }

    /// <summary>
    /// Writes a report that is a list: one object a line, or a document of the kind with the list in it. Entries are
    /// written as they come, so that a million of them do not pile up.
    /// </summary>
    public static void WriteList<T>(Terminal terminal, OutputFormat format, string kind, string name, IEnumerable<T> entries, Action<Utf8JsonWriter, T> entry)
    {
        Write(terminal, format, entries, entry, json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "podwall.dev/v1");
            json.WriteString("kind", kind);
            json.WriteStartArray(name);
            foreach (var one in entries)
            {
                entry(json, one);
                if (json.BytesPending > 1 << 16)
                    json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteYaml(TextWriter writer, Action<Utf8JsonWriter> report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
            report(json);
        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        var emitter = new Emitter(writer);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, document.RootElement);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
    }

    private static void Emit(Emitter emitter, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                emitter.Emit(new MappingStart());
                foreach (var property in element.EnumerateObject())
                {
                    emitter.Emit(new YamlDotNet.Core.Events.Scalar(property.Name));
                    Emit(emitter, property.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in element.EnumerateArray())
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                emitter.Emit(Text(element.GetString()!));
                break;
            default:
                emitter.Emit(new YamlDotNet.Core.Events.Scalar(element.GetRawText()));
                break;
        }
    }

    // A text such as "80" or "yes" is quoted, or a reader would take it for something else; in quotes, what cannot be seen is escaped.
    private static YamlDotNet.Core.Events.Scalar Text(string text) => new(AnchorName.Empty, TagName.Empty, text,
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "NULL" or "Y" or "N")
            ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted, isPlainImplicit: true, isQuotedImplicit: true);
}
