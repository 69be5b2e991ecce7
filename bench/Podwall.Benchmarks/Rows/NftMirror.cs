using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Podwall.Nftables.Model;

namespace Podwall.Benchmarks.Rows;

/// <summary>
/// The maps of policy in a table that nft itself can write: the same sets, the same elements, and for each change the
/// script that an agent which starts <c>nft -f -</c> would send.
/// </summary>
internal static class NftMirror
{
    private const string Table = "inet beside";

    // Which interfaces are behind pods never changes.
    private static bool Has(MapShape shape) => shape != Maps.Instance.Interface;

    /// <summary>Makes the table hold the contents.</summary>
    public static void Load(Contents contents) => Run(Script(contents));

    /// <summary>The script that loads the contents.</summary>
    public static string Script(Contents contents)
    {
        StringBuilder script = new($"add table {Table}; delete table {Table}; add table {Table}\n");
        foreach (var shape in contents.All.Select(c => c.Shape).Where(Has))
        {
            var kind = shape.ValueWords > 0 ? "map" : "set";
            script.Append(CultureInfo.InvariantCulture, $"add {kind} {Table} {shape.Name} {{ type {string.Join(" . ", shape.Key.Select(k => k.Type))}{(shape.ValueWords > 0 ? " : mark" : "")};{(shape.IsRange ? " flags interval;" : "")} }}\n");
        }

        foreach (var content in contents.All.Where(c => Has(c.Shape)))
            Append(script, "add", content.Shape, [.. content.Elements.Select(e => new Element(e.Key, e.Value))]);
        return script.ToString();
    }

    /// <summary>The script of a change.</summary>
    public static string Script(IReadOnlyList<MapDelta> deltas)
    {
        StringBuilder script = new();
        foreach (var delta in deltas.Where(d => Has(d.Shape)))
            Append(script, "delete", delta.Shape, delta.Removed);
        foreach (var delta in deltas.Where(d => Has(d.Shape)))
            Append(script, "add", delta.Shape, delta.Added);
        return script.ToString();
    }

    public static void Remove() => Run($"delete table {Table}");

    public static void Run(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("nft", ["-f", "-"]) { RedirectStandardInput = true })!;
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"nft refuses: {script[..Math.Min(script.Length, 400)]}");
    }

    private static void Append(StringBuilder script, string verb, MapShape shape, IReadOnlyList<Element> elements)
    {
        if (elements.Count > 0)
            script.Append(CultureInfo.InvariantCulture, $"{verb} element {Table} {shape.Name} {{ {string.Join(", ", elements.Select(e => Text(shape, e, verb == "add")))} }}\n");
    }

    private static string Text(MapShape shape, Element element, bool withValue)
    {
        var first = new byte[shape.KeyLength];
        shape.WriteFirst(element.Key, first);
        var fields = Fields(shape, first);
        if (shape.IsRange)
        {
            var last = new byte[shape.KeyLength];
            shape.Write(element.Key.Second, last);
            fields[^1] = $"{fields[^1]}-{Fields(shape, last)[^1]}";
        }

        return string.Join(" . ", fields) + (withValue && shape.ValueWords > 0 ? $" : 0x{element.Value:x}" : "");
    }

    private static string[] Fields(MapShape shape, ReadOnlySpan<byte> bytes)
    {
        var texts = new string[shape.Key.Count];
        var at = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var field = shape.Key[i];
            var value = bytes.Slice(at, field.Length);
            texts[i] = field.Type switch
            {
                "ipv4_addr" or "ipv6_addr" => new System.Net.IPAddress(value).ToString(),
                "mark" => $"0x{BinaryPrimitives.ReadUInt32BigEndian(value):x}",
                "inet_proto" => value[0].ToString(CultureInfo.InvariantCulture),
                _ => BinaryPrimitives.ReadUInt16BigEndian(value).ToString(CultureInfo.InvariantCulture),
            };
            at += shape.Key.Count == 1 ? field.Length : field.Padded;
        }

        return texts;
    }
}
