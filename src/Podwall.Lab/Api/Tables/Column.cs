using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Tables;

/// <summary>A column of a Table (<c>meta.k8s.io/v1</c>): its heading and what an object says in it.</summary>
internal sealed record Column(string Name, Func<JsonObject, string> Cell)
{
    public string Format { get; init; } = "";

    /// <summary>Shown with <c>-o wide</c> only.</summary>
    public bool IsWide { get; init; }
}
