using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Api.Ownership;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>
/// Makes, changes and takes away objects by the rules of the API, whoever asks: requests, controllers or kubelets. What the
/// cluster itself writes has no field manager.
/// </summary>
public sealed class ClusterWrites
{
    private readonly ObjectStore store;
    private readonly Founding founding;
    private readonly Deletions deletions;
    private readonly Lifecycle lifecycle;
    private readonly FieldOwnership ownership;
    private readonly EndpointsMirror endpoints;

    /// <param name="runtime">What runs pods and so gets time to end them; null where they are objects and nothing more.</param>
    /// <param name="families">What the addresses of services are of.</param>
    internal ClusterWrites(ObjectStore store, TimeProvider time, Founding founding, IPodRuntime? runtime, IpFamilies families)
    {
        (this.store, this.founding) = (store, founding);
        (deletions, lifecycle, ownership, endpoints) = (new(store, time, runtime), new(store, time, families), new(new(time)), new(store, new(time)));
    }

    public bool Has(ResourceType type, ObjectName name) => store.Find(type, name) is not null;

    /// <summary>Makes an object, with a name made up where <c>generateName</c> asks for one.</summary>
    /// <param name="ns">Empty for a kind without namespaces.</param>
    /// <param name="tree">Without kind and version; it is taken over.</param>
    /// <exception cref="Exception">It is not valid, or there is one of that name, or the namespace is going.</exception>
    public StoredObject Create(ResourceType type, string ns, JsonObject tree)
    {
        var resource = ServedResource.Of(type);
        ObjectRules.Generate(tree);
        var (admitted, _) = ObjectRules.Admit(resource, tree, null, FieldValidation.Ignore);
        ObjectName name = new(ns, ObjectRules.Name(admitted));
        return Commit(resource, name, isDry: false, current => Created(resource, name, current, admitted, null));
    }

    /// <summary>Changes what is wanted of an object, or what is said about it; its status stays. Null where there is no such object.</summary>
    /// <param name="edit">Changes a tree of its own.</param>
    public StoredObject? Change(ResourceType type, ObjectName name, Action<JsonObject> edit) => Change(type, null, name, edit);

    /// <summary>Changes the status of an object and nothing else. Null where there is no such object.</summary>
    /// <inheritdoc cref="Change(ResourceType, ObjectName, Action{JsonObject})"/>
    public StoredObject? ChangeStatus(ResourceType type, ObjectName name, Action<JsonObject> edit) => Change(type, "status", name, edit);

    /// <summary>Takes an object away, or marks it as going where its end takes time. Null where there is no such object.</summary>
    /// <exception cref="Exception">It is not the one that was meant.</exception>
    public StoredObject? Delete(ResourceType type, ObjectName name, Deletion how)
    {
        var gone = deletions.Delete(ServedResource.Of(type), name, how);
        if (type == ResourceType.EndpointSlices && gone is not null && !how.IsDry)
            endpoints.Follow(gone);
        return gone;
    }

    /// <summary>What would be stored of a new object.</summary>
    /// <param name="manager">Who is noted as having written it; null for nobody.</param>
    /// <exception cref="ApiFailure">It is not valid, or not new, or has no place to be.</exception>
    internal JsonObject Created(ServedResource resource, ObjectName name, StoredObject? current, JsonObject tree, string? manager)
    {
        CheckHome(resource, name);
        if (current is not null)
            throw ApiFailure.AlreadyExists(resource, name.Name);
        var wanted = Lifecycle.Prepared(resource, name, tree);
        if (manager is not null)
            ownership.Note(resource, null, wanted, manager, null);
        return lifecycle.Made(resource, name, wanted);
    }

    /// <summary>What would be stored in the place of an object.</summary>
    /// <inheritdoc cref="Created"/>
    internal JsonObject Followed(ServedResource resource, string? part, StoredObject current, JsonObject tree, string? manager)
    {
        var next = lifecycle.Followed(resource, part, current, tree);
        if (manager is null)
            return next;
        ownership.Note(resource, current.ToTree(), next, manager, part);
        return ObjectRules.Ordered(next);
    }

    /// <summary>Stores what a write makes of an object, and does what follows from it.</summary>
    internal StoredObject Commit(ServedResource resource, ObjectName name, bool isDry, Rewrite rewrite)
    {
        if (isDry)
        {
            var existing = store.Find(resource.Type, name);
            return StoredObject.Of(name, existing?.Version ?? 0, rewrite(existing)!);
        }

        var isNew = false;
        var stored = store.Write(resource.Type, name, current =>
        {
            isNew = current is null;
            return rewrite(current) is { } next && !IsSame(current, next) ? next : null;
        });
        if (isNew)
            founding.Furnish(resource, name);
        else
            deletions.Finish(resource, stored);
        if (resource.Type == ResourceType.EndpointSlices)
            endpoints.Follow(stored);
        return stored;
    }

    /// <exception cref="ApiFailure">The namespace of a new object is not there, or going.</exception>
    internal void CheckHome(ServedResource resource, ObjectName name)
    {
        if (!resource.Type.IsNamespaced)
            return;
        var home = store.Find(ResourceType.Namespaces, new("", name.Namespace))
            ?? throw ApiFailure.NotFound(ServedResource.Of(ResourceType.Namespaces), name.Namespace);
        if (home.Field("status.phase") == "Terminating")
            throw ApiFailure.Forbidden(resource, name.Name, $"unable to create new content in namespace {name.Namespace} because it is being terminated");
    }

    private StoredObject? Change(ResourceType type, string? part, ObjectName name, Action<JsonObject> edit)
    {
        var resource = ServedResource.Of(type);
        try
        {
            return Commit(resource, name, isDry: false, current =>
            {
                var tree = (current ?? throw ApiFailure.NotFound(resource, name.Name)).ToTree();
                edit(tree);
                return Followed(resource, part, current, tree, null);
            });
        }
        catch (ApiFailure failure) when (failure.Status.Code == 404)
        {
            return null;
        }
    }

    private static bool IsSame(StoredObject? current, JsonObject next) => current is not null && JsonNode.DeepEquals(current.ToTree(), next);
}
