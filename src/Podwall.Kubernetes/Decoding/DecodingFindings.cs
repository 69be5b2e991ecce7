namespace Podwall.Kubernetes;

/// <summary>Collects what does not fit while one object is decoded, in the order in which the API server would say it.</summary>
internal sealed class DecodingFindings(DocumentFormat format, bool isStrict)
{
    private readonly List<FieldError> wrongTypes = [];
    private readonly List<FieldError> unknown = [];

    /// <summary>Whether fields that the API does not know are findings.</summary>
    public bool IsStrict { get; } = isStrict;

    /// <summary>The server reports the first only; users want all.</summary>
    public IEnumerable<FieldError> WrongTypes => InServerOrder(wrongTypes);

    public IEnumerable<FieldError> UnknownFields => InServerOrder(unknown);

    public bool Any => wrongTypes.Count + unknown.Count > 0;

    public void WrongType(Cursor at, string goType, string? value = null)
    {
        var node = at.Node!;
        var target = at.Owner.Length == 0 ? $"Go value of type {goType}" : $"Go struct field {at.Owner}.{at.Path.WithoutIndices} of type {goType}";
        wrongTypes.Add(new(FieldErrorType.WrongType, at.Path, $"json: cannot unmarshal {value ?? node.JsonType} into {target}")
        {
            Fix = TypeFixes.For(node, goType),
            Position = node.Position,
        });
    }

    public void UnknownField(Cursor owner, MappingEntry entry, IEnumerable<string> known)
    {
        var path = owner.Path.Child(entry.Key);
        unknown.Add(new(FieldErrorType.UnknownField, path, $"unknown field {GoText.Quote(path.ToString())}")
        {
            Fix = UnknownFieldFixes.For(owner.Owner, entry, known),
            Position = entry.KeyPosition,
        });
    }

    // YAML reaches the decoder as JSON with sorted keys; JSON as it stands.
    private IEnumerable<FieldError> InServerOrder(List<FieldError> errors) => format == DocumentFormat.Yaml
        ? errors.OrderBy(e => e.Field)
        : errors.OrderBy(e => e.Position);
}
