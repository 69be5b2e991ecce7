using System.Buffers;
using System.Text;
using System.Text.Json;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Cli.Checking;

/// <summary>Answers flows line by line, in order; nothing of the stream stays in memory.</summary>
internal sealed class FlowStream(Cluster cluster)
{
    private const int LongestLine = 1 << 20;
    private readonly EndpointNames names = new(cluster.Manifests, cluster.Compiled, cluster.DefaultNamespace);
    private readonly Dictionary<string, (Endpoint? End, string? Missing)> ends = new(StringComparer.Ordinal);

    public static int Run(Cluster cluster, string file, Terminal terminal)
    {
        if (file == "-")
            return new FlowStream(cluster).Answer(terminal.Input, terminal);
        Stream input;
        try
        {
            input = File.OpenRead(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"podwall: cannot read {file}: {unreadable.Message}");
            return ExitCode.BadInput;
        }

        using (input)
            return new FlowStream(cluster).Answer(input, terminal);
    }

    private int Answer(Stream input, Terminal terminal)
    {
        terminal.Out.Flush();
        using var progress = Progress.Start(terminal, "answering flows");
        // Not disposed: that would close the terminal's own stream.
        var output = new BufferedStream(terminal.Output, 1 << 16);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Documents.Compact);
        var (code, count) = (ExitCode.Ok, 0L);
        foreach (var line in new LineReader(input, LongestLine))
        {
            if (line.Bytes.Span.Trim(" \t\r"u8).IsEmpty && !line.IsTooLong)
                continue;
            buffer.ResetWrittenCount();
            json.Reset();
            if (!TryAnswer(line, json))
                code = ExitCode.BadInput;
            json.Flush();
            output.Write(buffer.WrittenSpan);
            output.WriteByte((byte)'\n');
            progress.Report(++count);
        }

        output.Flush();
        return code;
    }

    /// <summary>False where the line could not be read, which its answer then says.</summary>
    private bool TryAnswer(LineReader.Line line, Utf8JsonWriter json)
    {
        if (line.IsTooLong)
            return Fail(json, $"line {line.Number} is longer than {LongestLine} bytes");
        try
        {
            using var document = JsonDocument.Parse(line.Bytes, new() { MaxDepth = 16 });
            if (FlowLine.Read(document.RootElement, out var flow) is { } problem)
                return Fail(json, $"line {line.Number}: {problem}");
            json.WriteStartObject();
            foreach (var property in document.RootElement.EnumerateObject())
                if (property.Name is not ("verdict" or "egress" or "ingress" or "missing" or "families" or "error"))
                    property.WriteTo(json);
            WriteVerdict(json, flow);
            json.WriteEndObject();
            return true;
        }
        catch (JsonException broken)
        {
            json.Reset();
            return Fail(json, $"line {line.Number} is no JSON object (byte {broken.BytePositionInLine})");
        }
        catch (Exception unwritable) when (unwritable is InvalidOperationException or DecoderFallbackException)
        {
            // A lone surrogate in an escape is JSON that no text can hold.
            json.Reset();
            return Fail(json, $"line {line.Number} holds text that is no valid Unicode");
        }
    }

    private void WriteVerdict(Utf8JsonWriter json, FlowLine line)
    {
        var (from, to) = (Find(line.From), Find(line.To));
        if ((from.Missing ?? to.Missing) is { } missing)
        {
            json.WriteString("verdict", "unknown");
            json.WriteString("missing", missing);
            return;
        }

        var flow = new Flow(from.End!, to.End!, line.Protocol, line.Port);
        var decision = cluster.Compiled.Decide(flow);
        json.WriteString("verdict", CheckJson.Name(decision.Verdict));
        FlowJson.WriteFamilies(json, decision);
        json.WriteStartObject("egress");
        FlowJson.WriteSide(json, Direction.Egress, flow, decision);
        json.WriteEndObject();
        json.WriteStartObject("ingress");
        FlowJson.WriteSide(json, Direction.Ingress, flow, decision);
        json.WriteEndObject();
    }

    private (Endpoint? End, string? Missing) Find(string name)
    {
        if (ends.TryGetValue(name, out var known))
            return known;
        // Addresses outside are without number; what is kept is bounded by the cluster.
        var found = names.TryFind(name, out var named) is { } problem ? (null, problem)
            : named.Service is { } service && Questions.IsThroughService(name, named) ? (null, $"which pod of Service {service} is meant: {name} stands for {named.Ends.Count}; ask for one of its pods")
            : named.Ends.Count > 1 ? (null, $"which pod of {name} is meant: it has {named.Ends.Count}")
            : ((Endpoint?)named.Ends[0], (string?)null);
        return found.Item1?.IsOutside == true || found.Item2 is not null ? found : ends[name] = found;
    }

    private static bool Fail(Utf8JsonWriter json, string error)
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteEndObject();
        return false;
    }
}
