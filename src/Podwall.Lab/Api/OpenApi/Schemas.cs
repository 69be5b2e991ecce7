namespace Podwall.Lab.Api.OpenApi;

/// <summary>
/// The types that the server explains. A kind without one is explained by nobody here, and patched by the types that kubectl
/// itself was built with.
/// </summary>
internal static class Schemas
{
    private static readonly Field ApiVersion = new("apiVersion", "string", "The version of the API that this object is written in.");

    private static readonly Field Kind = new("kind", "string", "The kind of the object.");

    private static readonly Field Metadata = new("metadata", "#ObjectMeta", "What the object is called, where it lives, and what else is noted of it.");

    private static readonly Schema Meta = new("ObjectMeta", null, "What every object has: name, namespace, labels and the notes of those who handle it.",
        new("annotations", "map", "Notes for tools and people; no selector sees them."),
        new("creationTimestamp", "time", "When the server took the object."),
        new("deletionGracePeriodSeconds", "integer", "How long the object has to end, once it is deleted."),
        new("deletionTimestamp", "time", "When the object was asked to go; it goes when its finalizers are gone."),
        new("finalizers", "[]string", "Who has to tidy up before the object may go.") { MergeKey = "" },
        new("generateName", "string", "The beginning of a name, of which the server makes the rest."),
        new("generation", "integer", "How often what is wanted was changed."),
        new("labels", "map", "Names and values by which selectors find the object. Labels of pods and namespaces decide which policies apply to them, and which peers they are."),
        new("managedFields", "[]#ManagedFieldsEntry", "Who wrote which fields, for server-side apply."),
        new("name", "string", "The object's name, which no other of its kind has in the namespace."),
        new("namespace", "string", "The namespace that the object lives in. A NetworkPolicy governs pods of its own namespace only."),
        new("ownerReferences", "[]#OwnerReference", "The objects that this one belongs to, and goes with.") { MergeKey = "uid" },
        new("resourceVersion", "string", "The version of what is stored; a write that names an older one is refused."),
        new("uid", "string", "What tells the object from others of the same name, before and after it."));

    private static readonly Schema Owner = new("OwnerReference", null, "An object that another belongs to.",
        new("apiVersion", "string", "The version of the API of the owner.") { IsRequired = true },
        new("blockOwnerDeletion", "boolean", "Whether the owner waits for this object when it is deleted in the foreground."),
        new("controller", "boolean", "Whether the owner is the one that keeps this object as it should be."),
        new("kind", "string", "The kind of the owner.") { IsRequired = true },
        new("name", "string", "The name of the owner.") { IsRequired = true },
        new("uid", "string", "The owner itself, and no other of its name.") { IsRequired = true });

    private static readonly Schema Managed = new("ManagedFieldsEntry", null, "Fields that one writer owns.",
        new("apiVersion", "string", "The version in which the fields are written."),
        new("fieldsType", "string", "Always FieldsV1."),
        new("fieldsV1", "#FieldsV1", "The fields, as a tree."),
        new("manager", "string", "The writer."),
        new("operation", "string", "How it wrote them.") { Values = ["Apply", "Update"] },
        new("subresource", "string", "The part through which it wrote, such as status."),
        new("time", "time", "When it last wrote."));

    private static readonly Schema Fields = new("FieldsV1", null, "A tree of the names of fields: f: a field, k: an item by its keys, v: an item by its value.");

    private static readonly Schema[] Common =
    [
        Meta, Owner, Managed, Fields,
        new("LabelSelector", null, "Picks objects by their labels. All terms must hold; an empty selector picks every object.",
            new("matchExpressions", "[]#LabelSelectorRequirement", "Terms that compare a label with a set of values."),
            new("matchLabels", "map", "Labels that the object must have with just these values.")),
        new("LabelSelectorRequirement", null, "One term about one label.",
            new("key", "string", "The label.") { IsRequired = true },
            new("operator", "string", "How it is compared. NotIn and DoesNotExist hold for objects that lack the label, too.") { IsRequired = true, Values = ["DoesNotExist", "Exists", "In", "NotIn"] },
            new("values", "[]string", "The values, for In and NotIn; none otherwise.")),
    ];

    /// <summary>The types that a group's version needs.</summary>
    public static IReadOnlyList<Schema> Of(string group, string version) => (group, version) switch
    {
        ("networking.k8s.io", "v1") => [.. Networking, .. Common],
        ("", "v1") => [.. Core, .. Common],
        _ => [],
    };

    private static readonly Schema[] Core =
    [
        new("Namespace", ("", "v1", "Namespace"), "A namespace: a part of the cluster with names of its own. Policies live in one, govern its pods, and name others by their labels.",
            ApiVersion, Kind, Metadata,
            new("spec", "#NamespaceSpec", "What is wanted of the namespace."),
            new("status", "#NamespaceStatus", "How the namespace is.")),
        new("NamespaceSpec", null, "", new Field("finalizers", "[]string", "Who has to tidy up before the namespace may go.")),
        new("NamespaceStatus", null, "",
            new("conditions", "[]#NamespaceCondition", "What holds of it now.") { MergeKey = "type" },
            new("phase", "string", "Active, or Terminating once it was deleted.") { Values = ["Active", "Terminating"] }),
        new("NamespaceCondition", null, "Something that holds of a namespace, or does not.",
            new("lastTransitionTime", "time", "When it last changed."),
            new("message", "string", "It in words."),
            new("reason", "string", "Why, in one word."),
            new("status", "string", "True, False or Unknown.") { IsRequired = true },
            new("type", "string", "What it is about.") { IsRequired = true }),
    ];

    private static readonly Schema[] Networking =
    [
        new("NetworkPolicy", ("networking.k8s.io", "v1", "NetworkPolicy"),
            "Says which traffic pods may take and send. A pod that no policy selects takes and sends everything. As soon as one selects it for a direction, only what some policy allows passes in that direction; policies add up and never take away.",
            ApiVersion, Kind, Metadata,
            new("spec", "#NetworkPolicySpec", "Whom the policy governs, and what it allows.")),
        new("NetworkPolicySpec", null, "",
            new("egress", "[]#NetworkPolicyEgressRule", "What the pods may send; any rule is enough. Without a rule, and with Egress among policyTypes, they send nothing, not even questions to DNS."),
            new("ingress", "[]#NetworkPolicyIngressRule", "What the pods may take; any rule is enough. Without a rule they take nothing, except from their own node."),
            new("podSelector", "#LabelSelector", "The pods of the policy's namespace that it governs; {} is all of them.") { IsRequired = true },
            new("policyTypes", "[]string", "The directions that the policy governs. Left out: Ingress, and Egress if there are egress rules. A default deny of egress must name it, as it has no rules.") { Values = ["Egress", "Ingress"] }),
        new("NetworkPolicyIngressRule", null, "Traffic to the pods that is allowed: from any of the peers, to any of the ports.",
            new("from", "[]#NetworkPolicyPeer", "Where traffic may come from; several are OR. Left out or empty: from anywhere, inside and outside."),
            new("ports", "[]#NetworkPolicyPort", "The ports of the selected pods that may be reached; several are OR. Left out or empty: every port of every protocol.")),
        new("NetworkPolicyEgressRule", null, "Traffic from the pods that is allowed: to any of the peers, on any of their ports.",
            new("ports", "[]#NetworkPolicyPort", "The ports of the destination that may be reached; several are OR. Left out or empty: every port of every protocol."),
            new("to", "[]#NetworkPolicyPeer", "Where traffic may go; several are OR. Left out or empty: anywhere, inside and outside.")),
        new("NetworkPolicyPeer", null, "Pods or addresses. podSelector and namespaceSelector in one peer are AND: pods that match, in namespaces that match. As two peers of a list they are OR.",
            new("ipBlock", "#IPBlock", "A range of addresses, meant for what is outside the cluster; it stands alone."),
            new("namespaceSelector", "#LabelSelector", "Namespaces by their labels; {} is all of them. Without podSelector: all their pods."),
            new("podSelector", "#LabelSelector", "Pods by their labels; {} is all of them. Without namespaceSelector: pods of the policy's own namespace.")),
        new("IPBlock", null, "A range of addresses, with holes. Judged after a Service's address was replaced by that of a pod.",
            new("cidr", "string", "The range, such as 192.168.1.0/24 or 2001:db8::/64.") { IsRequired = true },
            new("except", "[]string", "Ranges inside it that this block leaves out; another rule may still allow them.")),
        new("NetworkPolicyPort", null, "A port, or some, of a protocol.",
            new("endPort", "integer", "The last port of a range that begins with port, which must then be a number."),
            new("port", "#IntOrString", "A number, or the name that the destination pod gives to one of its ports. Left out: every port of the protocol."),
            new("protocol", "string", "The protocol; TCP if left out.") { Values = ["SCTP", "TCP", "UDP"] }),
        Schema.IntOrString,
    ];
}
