using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class ObjectMetaDecoder
{
    public static ObjectMeta Decode(Cursor field)
    {
        var meta = field.Struct("v1.ObjectMeta", "annotations", "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp",
            "finalizers", "generateName", "generation", "labels", "managedFields", "name", "namespace", "ownerReferences",
            "resourceVersion", "selfLink", "uid");
        var (annotations, finalizers) = (meta["annotations"].TextMap(), meta["finalizers"].Texts());
        return Used(meta) with { Annotations = annotations, Finalizers = finalizers };
    }

    /// <summary>Only what other kinds are read for; the rest is not checked.</summary>
    public static ObjectMeta DecodeUsed(Cursor field) => Used(field.Struct("v1.ObjectMeta"));

    private static ObjectMeta Used(Cursor meta) => new()
    {
        GenerateName = meta["generateName"].Text() ?? "",
        IsTerminating = !meta["deletionTimestamp"].IsAbsent,
        Labels = meta["labels"].TextMap(),
        Name = meta["name"].Text() ?? "",
        Namespace = meta["namespace"].Text() ?? "",
        OwnerReferences = meta["ownerReferences"].Items("v1.OwnerReference") is { } owners ? owners.Select(Owner).ToValueList() : [],
    };

    private static OwnerReference Owner(Cursor item)
    {
        var owner = item.Struct("v1.OwnerReference", "apiVersion", "blockOwnerDeletion", "controller", "kind", "name", "uid");
        return new(
            owner["apiVersion"].Text() ?? "",
            owner["kind"].Text() ?? "",
            owner["name"].Text() ?? "",
            owner["uid"].Text("types.UID") ?? "",
            owner["controller"].Boolean() ?? false);
    }
}
