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

    /// <summary>More were found than are kept: whoever acts on the findings must take the whole object for faulty.</summary>
    public bool IsCut { get; private set; }

    public void WrongType(Cursor at, string goType, string? value = null)
    {
        var node = at.Node!;
        var target = at.Owner.Length == 0 ? $"Go value of type {goType}" : $"Go struct field {at.Owner}.{at.Path.WithoutIndices} of type {goType}";
        if (IsFull(wrongTypes))
            return;
        wrongTypes.Add(new(FieldErrorType.WrongType, at.Path, $"json: cannot unmarshal {value ?? node.JsonType} into {target}")
        {
            Fix = TypeFixes.For(node, goType),
            Position = node.Position,
        });
    }

    public void UnknownField(Cursor owner, MappingEntry entry, IEnumerable<string> known)
    {
        var path = owner.Path.Child(entry.Key);
        if (IsFull(unknown))
            return;
        unknown.Add(new(FieldErrorType.UnknownField, path, $"unknown field {GoText.Quote(path.ToString())}")
        {
            Fix = UnknownFieldFixes.For(owner.Owner, entry, known),
            Position = entry.KeyPosition,
        });
    }

    // A million faults help nobody, and each costs a search for its place.
    private bool IsFull(List<FieldError> errors) => errors.Count >= FieldError.MostOfOneObject && (IsCut = true);

    // YAML reaches the decoder as JSON with sorted keys; JSON as it stands.
    private IEnumerable<FieldError> InServerOrder(List<FieldError> errors) => format == DocumentFormat.Yaml
        ? errors.OrderBy(e => e.Field)
        : errors.OrderBy(e => e.Position);
}
