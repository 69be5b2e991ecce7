namespace Podwall.Kubernetes;

/// <summary>The API server's classes of errors in a field, and the two that its strict decoder adds.</summary>
public enum FieldErrorType
{
    Invalid,
    Required,
    NotSupported,
    Forbidden,
    Duplicate,
    NotFound,
    WrongType,
    UnknownField,
    DuplicateField,
}

public static class FieldErrorTypes
{
    /// <summary>The name in a status's causes, such as <c>FieldValueInvalid</c>.</summary>
    public static string Name(this FieldErrorType type) => type switch
    {
        FieldErrorType.WrongType => "FieldValueTypeInvalid",
        FieldErrorType.UnknownField => "FieldUnknown",
        FieldErrorType.DuplicateField => "FieldDuplicate",
        _ => $"FieldValue{type}",
    };
}

/// <summary>
/// One fault of an object, in the API server's words. <see cref="Culprit"/> is where to point: it may lie deeper than
/// <see cref="Field"/>, since the server names only the map that holds a bad label.
/// </summary>
public sealed record FieldError(FieldErrorType Type, FieldPath Field, string Message)
{
    public FieldPath Culprit { get; init; } = Field;

    /// <summary>How many faults of one class are kept for one object.</summary>
    internal const int MostOfOneObject = 200;

    /// <summary>What to write instead; empty where the message says it.</summary>
    public string Fix { get; init; } = "";

    /// <summary>The place, where it cannot be found by the path: the second of two equal keys.</summary>
    public SourcePosition? Position { get; init; }

    public override string ToString() => $"{Field}: {Message}";

    internal FieldError WithFix(string fix) => this with { Fix = fix };

    internal static FieldError Invalid(FieldPath field, string value, string detail) =>
        new(FieldErrorType.Invalid, field, $"Invalid value: {GoText.Quote(value)}: {detail}");

    internal static FieldError Invalid(FieldPath field, long value, string detail) =>
        new(FieldErrorType.Invalid, field, $"Invalid value: {value}: {detail}");

    /// <summary>The first faults, and one about the whole object if there are more.</summary>
    internal static IEnumerable<FieldError> Capped(IEnumerable<FieldError> faults, bool isCut = false)
    {
        var kept = faults.Take(MostOfOneObject + 1).ToList();
        if (kept.Count <= MostOfOneObject && !isCut)
            return kept;
        return [.. kept.Take(MostOfOneObject), new(FieldErrorType.Invalid, FieldPath.Root, $"there are more than {MostOfOneObject} faults; the others are not listed")];
    }

    internal static FieldError Required(FieldPath field, string detail) =>
        new(FieldErrorType.Required, field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    internal static FieldError Duplicate(FieldPath field, string value) => new(FieldErrorType.Duplicate, field, $"Duplicate value: {GoText.Quote(value)}");

    internal static FieldError NotFound(FieldPath field, string value) => new(FieldErrorType.NotFound, field, $"Not found: {GoText.Quote(value)}");

    internal static FieldError Forbidden(FieldPath field, string detail) =>
        new(FieldErrorType.Forbidden, field, $"Forbidden: {detail}");

    internal static FieldError NotSupported(FieldPath field, string value, params IEnumerable<string> supported) =>
        new(FieldErrorType.NotSupported, field, $"Unsupported value: {GoText.Quote(value)}: supported values: {string.Join(", ", supported.Select(GoText.Quote))}");
}
