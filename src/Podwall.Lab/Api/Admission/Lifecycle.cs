using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Types;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api.Admission;

/// <summary>What becomes of an object on its way into the store.</summary>
internal sealed class Lifecycle(ObjectStore store, TimeProvider time, IpFamilies families)
{
    private readonly ObjectRules rules = new(time);
    private readonly ServiceAddresses addresses = new(store, families);

    /// <summary>What the author of a new object is taken to have written.</summary>
    /// <exception cref="ApiFailure">It is not valid.</exception>
    public static JsonObject Prepared(ServedResource resource, ObjectName name, JsonObject tree)
    {
        Fill(resource, name, tree);
        Check(resource, name, tree, null);
        return tree;
    }

    /// <summary>The same with what the server adds, and nobody owns.</summary>
    public JsonObject Made(ServedResource resource, ObjectName name, JsonObject tree)
    {
        if (resource.Type == ResourceType.Pods)
            PodAdmission.Admit(store, resource, name, tree);
        if (resource.HasStatus)
            tree["status"] = StatusOf(resource.Type, tree);
        var made = rules.Born(resource, name, tree);
        if (resource.Type == ResourceType.Services)
            addresses.Give(name, made);
        if (resource.Type == ResourceType.Jobs)
            Defaults.TellPodsOf(name, made);
        return made;
    }

    /// <summary>The object that takes another's place.</summary>
    /// <exception cref="ApiFailure">It is not valid there, or belongs to another version or another object.</exception>
    public JsonObject Followed(ServedResource resource, string? part, StoredObject current, JsonObject tree)
    {
        if (part is null)
        {
            var before = current.ToTree();
            if (resource.Type == ResourceType.Services && tree["spec"] is JsonObject spec && before["spec"] is JsonObject was)
            {
                // A service that does not say its address keeps it.
                if (string.IsNullOrEmpty(ObjectRules.TextOf(spec["clusterIP"])))
                    spec["clusterIP"] = was["clusterIP"]?.DeepClone();
                ServiceTypes.Leave(spec, was);
            }

            Fill(resource, current.Name, tree);
            if (resource.Type == ResourceType.Pods && tree["spec"] is JsonObject pod)
                PodAdmission.Tolerate(pod);
            Check(resource, current.Name, tree, before);
        }

        var next = ObjectRules.Succeeding(resource, current, tree, part);
        if (resource.Type == ResourceType.Services && part is null)
            addresses.Give(current.Name, next);
        return next;
    }

    private static void Fill(ServedResource resource, ObjectName name, JsonObject tree)
    {
        Defaults.Fill(resource.Type, tree);
        if (resource.Type == ResourceType.Namespaces)
            ObjectRules.LabelsOf(ObjectRules.MetadataOf(tree))[Policy.NamespaceBlock.NameLabel] = name.Name;
    }

    // How an object is, those say that look after it, and nobody else; until then it is at its beginning.
    private static JsonObject StatusOf(ResourceType type, JsonObject tree) => (type.Group, type.Kind) switch
    {
        ("", "Pod") => new() { ["phase"] = "Pending", ["qosClass"] = PodAdmission.QualityOf((JsonObject)tree["spec"]!) },
        ("", "PersistentVolumeClaim") => new() { ["phase"] = "Pending" },
        // A node is told of by whoever makes it.
        ("", "Node") when tree["status"] is JsonObject told => (JsonObject)told.DeepClone(),
        _ => ApiTypes.Find(type)?.Field("status")?.Type.Struct?.Empty() ?? [],
    };

    private static void Check(ServedResource resource, ObjectName name, JsonObject tree, JsonObject? before)
    {
        if (SpecRules.Check(resource.Type, tree, before).ToList() is { Count: > 0 } faults)
            throw ApiFailure.Invalid(resource.Type, name.Name, faults);
    }
}
