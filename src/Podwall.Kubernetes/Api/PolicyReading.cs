using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// A NetworkPolicy read from its tree: the object with defaults, and everything that the API server could say about it.
/// </summary>
public sealed record PolicyReading(
    PolicyObject Policy, ValueList<FieldError> Duplicates, ValueList<FieldError> WrongTypes, ValueList<FieldError> UnknownFields, ValueList<FieldError> Invalid)
{
    public static PolicyReading Of(TreeDocument document)
    {
        DecodingFindings findings = new(document.Format, isStrict: true);
        var policy = PolicyDecoder.Decode(Cursor.Root(document.Root, findings)).WithDefaults();
        return new(policy, FieldError.Capped(DuplicateKeys.In(document)).ToValueList(), findings.WrongTypes.ToValueList(), findings.UnknownFields.ToValueList(),
            FieldError.Capped(PolicyRules.Check(policy), findings.IsCut).ToValueList());
    }

    /// <summary>
    /// All faults, for people: those that only follow from another are left out. The server would stop at the first class.
    /// </summary>
    public IEnumerable<FieldError> Faults =>
    [
        .. Duplicates, .. WrongTypes, .. UnknownFields,
        .. Invalid.AsEnumerable().Where(e => e.Field == FieldPath.Root || !WrongTypes.AsEnumerable().Any(t => Touch(e.Field, t.Field))
            && !(e.Type == FieldErrorType.Required && UnknownFields.AsEnumerable().Any(u => u.Field.IsInside(e.Field)))),
    ];

    private static bool Touch(FieldPath left, FieldPath right) => left.IsInside(right) || right.IsInside(left);
}
