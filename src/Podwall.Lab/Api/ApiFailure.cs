using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api;

/// <summary>A request that is refused, with the Status that says so.</summary>
internal sealed class ApiFailure(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status => status;

    public static ApiFailure BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiFailure Of(int code, string? reason, string message, StatusDetails? details = null) =>
        new(new() { Status = ApiStatus.Failure, Message = message, Reason = reason, Details = details, Code = code });

    public static ApiFailure NotFound(ServedResource resource, string name) =>
        Of(404, "NotFound", $"{resource.Type.QualifiedName} \"{name}\" not found", DetailsOf(resource, name));

    public static ApiFailure Conflict(ServedResource resource, string name, string why) =>
        Of(409, "Conflict", $"Operation cannot be fulfilled on {resource.Type.QualifiedName} \"{name}\": {why}", DetailsOf(resource, name));

    public static ApiFailure Forbidden(ServedResource resource, string name, string why) =>
        Of(403, "Forbidden", $"{resource.Type.QualifiedName} \"{name}\" is forbidden: {why}", DetailsOf(resource, name));

    public static ApiFailure AlreadyExists(ServedResource resource, string name) =>
        Of(409, "AlreadyExists", $"{resource.Type.QualifiedName} \"{name}\" already exists", DetailsOf(resource, name));

    /// <summary>Options of a list or watch that do not go together.</summary>
    public static ApiFailure InvalidOption(string field, string reason, string message) =>
        Of(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {field}: {message}", new()
        {
            Group = "meta.k8s.io",
            Kind = "ListOptions",
            Causes = [new() { Reason = reason, Message = message, Field = field }],
        });

    public static ApiFailure Invalid(ResourceType type, string name, IReadOnlyList<FieldError> faults)
    {
        var texts = faults.Select(f => f.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        var qualified = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        return Of(422, "Invalid", $"{qualified} \"{name}\" is invalid: {(texts.Length == 1 ? texts[0] : $"[{string.Join(", ", texts)}]")}", new()
        {
            Name = name.Length > 0 ? name : null,
            Group = type.Group.Length > 0 ? type.Group : null,
            Kind = type.Kind,
            Causes = [.. faults.Select(f => new StatusCause { Reason = f.Type.Name(), Message = f.Message, Field = f.Field.ToString() })],
        });
    }

    private static StatusDetails DetailsOf(ServedResource resource, string name) =>
        new() { Name = name, Group = resource.Type.Group.Length > 0 ? resource.Type.Group : null, Kind = resource.Type.Plural };
}
