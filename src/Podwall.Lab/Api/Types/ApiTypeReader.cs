using System.Globalization;

namespace Podwall.Lab.Api.Types;

/// <summary>
/// Reads the <c>.types</c> files. A line that is not indented begins a type, <c>Name [whole] [(apiVersion)]: words</c>; a kind
/// of object, which has the version, has <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> without saying so. Fields are indented:
/// <c>name[#number][!] type [modifiers]: words</c>, where the number is that in protobuf (2.1: in the message of 2), ! stands for
/// required, a type may be a list (<c>[]string</c>), a map (<c>{}string</c>) or a pointer (<c>int32?</c>), and the modifiers are those of
/// <see cref="Modify"/>. Names are looked for in the same file, then in core, then in meta.
/// </summary>
internal sealed class ApiTypeReader
{
    private const string Extension = ".types";

    private readonly Dictionary<(string File, string Name), ApiType> types = [];

    private ApiTypeReader()
    {
    }

    public static Dictionary<(string ApiVersion, string Kind), ApiType> ReadAll()
    {
        var assembly = typeof(ApiTypeReader).Assembly;
        var files = assembly.GetManifestResourceNames().Where(n => n.EndsWith(Extension, StringComparison.Ordinal)).ToDictionary(n => n[..^Extension.Length].Split('.')[^1], n =>
        {
            using StreamReader text = new(assembly.GetManifestResourceStream(n)!);
            return text.ReadToEnd().Split('\n');
        });
        ApiTypeReader reader = new();
        foreach (var (file, lines) in files)
            foreach (var line in lines.Where(IsHeading))
            {
                var type = Heading(line);
                reader.types.Add((file, type.Name), type);
            }

        foreach (var (file, lines) in files)
            reader.ReadFields(file, lines);
        return reader.types.Values.Where(t => t.ApiVersion is not null).ToDictionary(t => (t.ApiVersion!, t.Name));
    }

    private static bool IsHeading(string line) => line.Length > 0 && line[0] is not (' ' or '#');

    private static (string Head, string Words) Split(string line)
    {
        var end = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..end].Trim(), line[(end + 1)..].Trim());
    }

    private static ApiType Heading(string line)
    {
        var (head, words) = Split(line);
        var parts = head.Split(' ');
        return new(parts[0], parts.FirstOrDefault(p => p[0] == '(')?.Trim('(', ')'), words) { IsWhole = parts.Contains("whole") };
    }

    private void ReadFields(string file, string[] lines)
    {
        ApiType? type = null;
        foreach (var line in lines)
            if (IsHeading(line))
            {
                type = types[(file, Heading(line).Name)];
                if (type.ApiVersion is not null)
                    foreach (var common in new[] { "apiVersion string: The version of the API that this object is written in.", "kind string: The kind of the object.", "metadata#1 ObjectMeta: What the object is called, where it lives, and what else is noted of it." })
                        type.Add(Field(file, common));
            }
            else if (line.StartsWith(' '))
                type!.Add(Field(file, line));
    }

    private ApiField Field(string file, string line)
    {
        var (head, words) = Split(line);
        var parts = head.Split(' ');
        var name = parts[0].TrimEnd('!').Split('#');
        var numbers = name is [_, var written] ? written.Split('.').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() : [0];
        var type = Type(file, parts[1].TrimEnd('?'));
        ApiField field = new(name[0], type, words)
        {
            IsRequired = parts[0].EndsWith('!'),
            IsPointer = parts[1].EndsWith('?'),
            IsAlways = type.Form == FieldForm.Struct && name[0] is "metadata" or "spec" or "status",
            Number = numbers[0],
            InnerNumber = numbers is [_, var inner] ? inner : 0,
        };
        for (var i = 2; i < parts.Length; i++)
            field = Modify(field, parts, ref i);
        return field;
    }

    private static ApiField Modify(ApiField field, string[] parts, ref int i) => parts[i] switch
    {
        // Told apart by these keys, and merged by the first.
        "by" => field with { Keys = parts[++i].Split(','), IsMerged = true },
        "keyed" => field with { Keys = parts[++i].Split(',') },
        "set" => field with { IsSet = true },
        "merge" => field with { IsMerged = true },
        "replace" => field with { IsReplaced = true },
        "retain" => field with { RetainsKeys = true },
        "whole" => field with { IsWhole = true },
        "always" => field with { IsAlways = true },
        "=" => field with { Values = parts[++i].Split('|') },
        var other => throw new FormatException($"{field.Name}: {other} is no modifier"),
    };

    private FieldType Type(string file, string text) => text switch
    {
        ['[', ']', .. var inner] => new(FieldForm.List, Inner: Type(file, inner)),
        ['{', '}', .. var inner] => new(FieldForm.Map, Inner: Type(file, inner)),
        "string" => new(FieldForm.Text),
        "boolean" => new(FieldForm.Boolean),
        "int32" => new(FieldForm.Int32),
        "int64" => new(FieldForm.Int64),
        "time" => new(FieldForm.Time),
        "bytes" => new(FieldForm.Bytes),
        "quantity" => new(FieldForm.Quantity),
        "IntOrString" => new(FieldForm.IntOrString),
        "any" => new(FieldForm.Any),
        _ => new(FieldForm.Struct, new[] { file, "core", "meta" }.Select(f => types.GetValueOrDefault((f, text))).FirstOrDefault(t => t is not null) ?? throw new FormatException($"there is no type {text}")),
    };
}
