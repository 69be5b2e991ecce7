using Microsoft.AspNetCore.Http;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>
/// Who asks. Whoever got in has the token or owns the socket and may do everything; as somebody else (<c>kubectl --as</c>) he
/// may do what that one may, which is nothing outside the group of masters.
/// </summary>
internal sealed record Caller(string User, ValueList<string> Groups)
{
    private const string Masters = "system:masters", Authenticated = "system:authenticated";

    private static readonly Caller Owner = new("podwall-lab-admin", [Masters, Authenticated]);

    public bool MayDoEverything => Groups.Contains(Masters);

    public static Caller Of(HttpContext http) => http.Request.Headers["Impersonate-User"].ToString() is { Length: > 0 } user
        ? new(user, [.. http.Request.Headers["Impersonate-Group"].OfType<string>(), Authenticated])
        : Owner;

    /// <summary>What one without rights is told, as a cluster's RBAC says it.</summary>
    public ApiFailure Refusal(HttpContext http, RequestTarget target)
    {
        var type = target.Resource.Type;
        var isOne = target.Name is not null;
        var verb = http.Request.Method switch
        {
            "GET" => isOne ? "get" : http.Request.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            _ => isOne ? "delete" : "deletecollection",
        };
        var place = target.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
        return ApiFailure.Of(403, "Forbidden", $"{type.QualifiedName}{(isOne ? $" \"{target.Name}\"" : "")} is forbidden: User \"{User}\" cannot {verb} resource \"{type.Plural}\" in API group \"{type.Group}\" {place}",
            new() { Name = target.Name, Group = type.Group.Length > 0 ? type.Group : null, Kind = type.Plural });
    }
}
