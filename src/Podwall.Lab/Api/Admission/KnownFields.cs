using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Types;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>
/// Whether an object has only the fields of its type, and in them what belongs there. A misspelt <c>labels</c> decides about
/// policies as much as a policy does.
/// </summary>
internal static class KnownFields
{
    /// <summary>The metadata of an object, and what there is to warn of.</summary>
    /// <param name="body">As it was written, where that is known: what stands twice in it is found as well.</param>
    /// <exception cref="ApiFailure">A field is of another type, or unknown or there twice where validation is strict.</exception>
    public static (ObjectMeta Meta, IEnumerable<string> Warnings) Decode(ResourceType type, JsonObject tree, ReadOnlyMemory<byte>? body, FieldValidation validation)
    {
        var document = new TreeReader(ReadingLimits.Default, new StringPool(), lettersAreText: false).Read("body", body is { } written ? written.Span : TreeJson.Bytes(tree)).Documents[0];
        DecodingFindings findings = new(document.Format, validation != FieldValidation.Ignore);
        var root = Cursor.Root(document.Root, findings);
        if (ApiTypes.Find(type) is { } known)
            Check(root, known, type.Version);
        var meta = ObjectMetaDecoder.DecodeUsed(Cursor.Root(document.Root, new(document.Format, isStrict: false))["metadata"]);
        var refusal = $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: ";
        if (findings.WrongTypes.FirstOrDefault() is { } wrong)
            throw ApiFailure.BadRequest(refusal + wrong.Message);
        if (validation == FieldValidation.Ignore)
            return (meta, []);
        var (twice, unknown) = (DuplicateKeys.In(document).Select(d => d.Message).ToList(), findings.UnknownFields.Select(u => u.Message));
        if (validation == FieldValidation.Strict && document.Format == DocumentFormat.Yaml && twice.Count > 0)
            twice = [$"yaml: unmarshal errors:\n  {string.Join("\n  ", twice)}"];
        List<string> all = [.. twice, .. unknown];
        return validation == FieldValidation.Strict && all.Count > 0 ? throw ApiFailure.BadRequest($"{refusal}strict decoding error: {string.Join(", ", all)}") : (meta, all);
    }

    private static void Check(Cursor at, ApiType type, string version)
    {
        var inside = at.Struct($"{version}.{type.Name}", type.Names);
        foreach (var entry in (inside.Node as MappingNode)?.Effective() ?? [])
            if (type.Field(entry.Key) is { } field)
                Check(inside[entry.Key], field.Type, version);
    }

    private static void Check(Cursor at, FieldType type, string version)
    {
        switch (type.Form)
        {
            case FieldForm.Text or FieldForm.Time or FieldForm.Bytes:
                at.Text(type.Form == FieldForm.Text ? "string" : type.GoName(version));
                break;
            case FieldForm.Boolean:
                at.Boolean();
                break;
            case FieldForm.Int32:
                at.Int32();
                break;
            case FieldForm.Int64:
                at.Int64();
                break;
            case FieldForm.Struct when type.Struct!.Fields.Count > 0:
                Check(at, type.Struct!, version);
                break;
            case FieldForm.List:
                foreach (var item in at.Items(type.Inner!.GoName(version)) ?? [])
                    Check(item, type.Inner!, version);
                break;
            case FieldForm.Map when type.Inner!.Form == FieldForm.Text:
                at.TextMap();
                break;
        }
    }
}
