using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Controllers;

/// <summary>An object as controllers read it: parsed once, as long as somebody holds it and it does not change, and never changed in place.</summary>
internal sealed class ClusterObject
{
    // Weak at both ends: the store remembers what objects were for some time, and a parsed one takes ten times the room.
    private static readonly ConditionalWeakTable<StoredObject, WeakReference<ClusterObject>> Known = [];

    private string? template;
    private Selector? selector;

    private ClusterObject(ResourceType type, StoredObject stored)
    {
        (Type, Stored, Tree) = (type, stored, stored.ToTree());
        var metadata = Tree["metadata"]!;
        Uid = Cells.Text(metadata, "uid");
        IsGoing = metadata["deletionTimestamp"] is not null;
        Created = Moment("metadata", "creationTimestamp") ?? default;
        Owners = [.. Cells.Items(metadata["ownerReferences"])];
        ControllerUid = Owners.Where(o => Cells.Text(o, "controller") == "true").Select(o => Cells.Text(o, "uid")).FirstOrDefault();
    }

    public ResourceType Type { get; }

    public StoredObject Stored { get; }

    /// <summary>To be read only.</summary>
    public JsonObject Tree { get; }

    public ObjectName Name => Stored.Name;

    public Labels Labels => Stored.Labels;

    public string Uid { get; }

    /// <summary>The references to whom the object belongs.</summary>
    public IReadOnlyList<JsonObject> Owners { get; }

    /// <summary>Who controls the object; null where nobody does.</summary>
    public string? ControllerUid { get; }

    public DateTimeOffset Created { get; }

    /// <summary>It is marked for deletion.</summary>
    public bool IsGoing { get; }

    public JsonNode? Spec => Tree["spec"];

    public JsonNode? Status => Tree["status"];

    /// <summary>The objects that a workload takes for its own; nothing where it says nothing.</summary>
    public Selector? Selects => selector ??= Spec?["selector"] is { } written ? Selectors.OfLabels(written) : null;

    /// <summary>What the pods of a workload shall be like, in a form that equal templates share.</summary>
    public string Template => template ??= PodTemplate.Canonical(Spec?["template"]);

    public static ClusterObject Of(ResourceType type, StoredObject stored)
    {
        if (Known.TryGetValue(stored, out var held) && held.TryGetTarget(out var known))
            return known;
        known = new(type, stored);
        Known.AddOrUpdate(stored, new(known));
        return known;
    }

    public string Text(params ReadOnlySpan<string> path) => Cells.Text(Tree, path);

    public int Int(params ReadOnlySpan<string> path) => (int)Math.Clamp(Cells.Int(Tree, path), int.MinValue, int.MaxValue);

    /// <summary>A number that means something else where it is left out.</summary>
    public int? IntOrNone(params ReadOnlySpan<string> path) => Cells.Text(Tree, path).Length > 0 ? Int(path) : null;

    public DateTimeOffset? Moment(params ReadOnlySpan<string> path) => MomentOf(Cells.Text(Tree, path));

    public JsonObject? Condition(string type) => Cells.Items(Status?["conditions"]).FirstOrDefault(c => Cells.Text(c, "type") == type);

    public bool Has(string condition) => Cells.Text(Condition(condition), "status") == "True";

    public static DateTimeOffset? MomentOf(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var moment) ? moment : null;
}
