using System.Globalization;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Text;

/// <summary>
/// The program and its maps for people to read. It is no input of nft, whose syntax cannot express values of one map that
/// become keys of another.
/// </summary>
public static class TableText
{
    public static void Write(TextWriter writer, Program program)
    {
        writer.WriteLine($"table {program}");
        foreach (var chain in program.Chains)
        {
            writer.WriteLine();
            writer.WriteLine(chain.Hook is { } hook ? $"chain {chain.Name}  (hook {hook.Name}, priority {hook.Priority})" : $"chain {chain.Name}");
            foreach (var rule in chain.Rules)
            {
                writer.WriteLine($"  {rule.Comment}:");
                writer.WriteLine($"    {string.Join("; ", rule.Steps)}");
            }
        }
    }

    public static void Write(TextWriter writer, Func<MapShape, IReadOnlyDictionary<ElementKey, ulong>> holds)
    {
        foreach (var shape in Maps.Instance.OfPolicy)
        {
            var elements = holds(shape);
            writer.WriteLine();
            writer.WriteLine($"{(shape.ValueWords > 0 ? "map" : "set")} {shape.Name}  ({elements.Count})");
            foreach (var element in elements.OrderBy(e => e.Key.First).ThenBy(e => e.Key.Second))
                writer.WriteLine($"  {Line(shape, element.Key, element.Value)}");
        }
    }

    public static void Write(TextWriter writer, MapDelta delta)
    {
        writer.WriteLine($"{delta.Shape.Name}:");
        foreach (var element in delta.Removed)
            writer.WriteLine($"  too much: {Line(delta.Shape, element.Key, element.Value)}");
        foreach (var element in delta.Added)
            writer.WriteLine($"  missing:  {Line(delta.Shape, element.Key, element.Value)}");
    }

    private static string Line(MapShape shape, ElementKey key, ulong value) =>
        shape.ValueWords > 0 ? $"{Key(shape, key)} : {value:x8}" : Key(shape, key);

    private static string Key(MapShape shape, ElementKey key)
    {
        if (!shape.IsRange)
        {
            var bytes = new byte[shape.KeyLength];
            shape.WriteFirst(key, bytes);
            return Fields(shape, bytes);
        }

        var (first, last) = (new byte[shape.KeyLength], new byte[shape.KeyLength]);
        shape.Write(key.First, first);
        shape.Write(key.Second, last);
        if (shape == Maps.Instance.Interface)
            return Name(first) + (first.AsSpan().SequenceEqual(last) ? "" : "*");
        // Of a concatenation only the last field is a range.
        var (from, to) = (Fields(shape, first), Fields(shape, last));
        return from == to ? from : $"{from}-{to[(to.LastIndexOf(' ') + 1)..]}";
    }

    private static string Fields(MapShape shape, byte[] bytes)
    {
        List<string> fields = [];
        var at = 0;
        foreach (var field in shape.Key)
        {
            fields.Add(Value(field, bytes.AsSpan(at, field.Length)));
            at += shape.Key.Count == 1 ? field.Length : field.Padded;
        }

        return string.Join(" . ", fields);
    }

    private static string Value(Field field, ReadOnlySpan<byte> bytes)
    {
        var number = MapShape.Number(bytes);
        return field.Type switch
        {
            "ipv4_addr" => new Address(IpFamily.V4, number).ToString(),
            "ipv6_addr" => new Address(IpFamily.V6, number).ToString(),
            "ifname" => Name(bytes.ToArray()),
            "inet_proto" => (int)number switch { 6 => "tcp", 17 => "udp", 132 => "sctp", var other => other.ToString(CultureInfo.InvariantCulture) },
            "inet_service" => number.ToString(CultureInfo.InvariantCulture),
            _ => number == 0 ? "0" : ((uint)number).ToString("x8", CultureInfo.InvariantCulture),
        };
    }

    private static string Name(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\0', '\xff');
}
