using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>The files of expectations in an input, and all that is wrong with them.</summary>
public sealed record ExpectationsReading(ValueList<ExpectationFile> Files, ValueList<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.AsEnumerable().Any(d => d.Severity == Severity.Error);
}

/// <summary>Reads <c>kind: Expectations</c>; other objects in the same input are left alone.</summary>
public static class ExpectationsReader
{
    public const string Kind = "Expectations";

    public const string ApiVersion = "podwall.dev/v1";

    public static ExpectationsReading Read(ManifestSource source, ReadingLimits? limits = null)
    {
        List<Diagnostic> diagnostics = [];
        List<ExpectationFile> files = [];
        foreach (var document in new SourceReader(limits ?? ReadingLimits.Default, new StringPool(), diagnostics).Read(source))
            if (document.Root is MappingNode root && root.TextOf("kind") == Kind)
                files.Add(Read(document, root, diagnostics));
        if (files.Count == 0 && diagnostics.Count == 0)
            diagnostics.Add(new(Severity.Error, DiagnosticCodes.InvalidExpectations, $"{source.Name} holds no expectations")
            { Fix = $"Begin with apiVersion: {ApiVersion} and kind: {Kind}." });
        return new(files.ToValueList(), diagnostics.ToValueList());
    }

    private static ExpectationFile Read(TreeDocument document, MappingNode root, List<Diagnostic> diagnostics)
    {
        DecodingFindings findings = new(document.Format, isStrict: true);
        ExpectationsDecoder decoder = new();
        var file = decoder.File(Cursor.Root(root, findings));
        var faults = DuplicateKeys.In(document).Concat(findings.WrongTypes.Select(InOurWords)).Concat(findings.UnknownFields).Concat(decoder.Faults);
        diagnostics.AddRange(faults.Select(f => new Diagnostic(Severity.Error, DiagnosticCodes.InvalidExpectations, f.Message)
        {
            Position = f.Position ?? f.Culprit.PositionIn(root),
            Field = f.Field.ToString(),
            Type = f.Type.Name(),
            Fix = f.Fix,
        }).OrderBy(d => d.Position));
        return file;

        FieldError InOurWords(FieldError fault) => fault with { Message = $"a value of type {fault.Field.Locate(root).JsonType} cannot stand here" };
    }
}
