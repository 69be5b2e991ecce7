using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>Reads the kinds of which there are few, with the readers that manifests have.</summary>
internal sealed class TreeDecoder
{
    private const int Capacity = 4 * 1024;

    private readonly MetadataDecoder metadata = new(new Strings());

    // Policies of one kind repeat each other in every namespace.
    private readonly Recent<Selector> selectors = new(Capacity);
    private readonly Recent<Rule> rules = new(Capacity);
    private readonly Recent<ValueList<Rule>> ruleLists = new(Capacity);

    public Decoded<Labels> Namespace(ReadOnlySpan<byte> json)
    {
        var meta = metadata.OfObject(json);
        return new(meta.Key, meta.ResourceVersion, meta.Labels);
    }

    /// <summary>The nearest owner of a workload; null where nothing owns it.</summary>
    public Decoded<WorkloadId?> Owner(ReadOnlySpan<byte> json)
    {
        var meta = metadata.OfObject(json);
        return new(meta.Key, meta.ResourceVersion, meta.Owner);
    }

    public Decoded<Node> Node(ReadOnlySpan<byte> json)
    {
        var meta = metadata.OfObject(json);
        var root = Root(json);
        return new(meta.Key, meta.ResourceVersion, NodeReader.Read(root, ObjectMetaDecoder.DecodeUsed(root["metadata"]), new LabelPool(), []));
    }

    public Decoded<Service> Service(ReadOnlySpan<byte> json)
    {
        var meta = metadata.OfObject(json);
        return new(meta.Key, meta.ResourceVersion, ServiceReader.Read(Root(json), meta.Key.Namespace, meta.Key.Name, new LabelPool(), []));
    }

    /// <summary>An object as it is.</summary>
    public static Decoded<SupportingObject> Supporting(ResourceType type, ReadOnlySpan<byte> json)
    {
        var tree = Tree(json);
        var meta = (tree as MappingNode)?["metadata"] as MappingNode;
        ObjectKey key = new(meta?.TextOf("namespace") ?? "", meta?.TextOf("name") ?? "");
        return new(key, meta?.TextOf("resourceVersion") ?? "", new(new(type.Kind, type.IsNamespaced ? key.Namespace : null, key.Name), tree));
    }

    /// <summary>The service account of a pod that has one of its own and is given its token; null for any other.</summary>
    public static Decoded<string?> Account(ReadOnlySpan<byte> json)
    {
        var root = Root(json);
        var meta = (root.Node as MappingNode)?["metadata"] as MappingNode;
        return new(new(meta?.TextOf("namespace") ?? "", meta?.TextOf("name") ?? ""), meta?.TextOf("resourceVersion") ?? "", PodSpecReader.Read(root["spec"], []).Account);
    }

    /// <summary>Faults close what they touch, as in a lenient reading: fields that a newer server knows and we do not, too.</summary>
    public Decoded<PolicySource> Policy(ReadOnlySpan<byte> json)
    {
        var meta = metadata.OfObject(json);
        TreeDocument document = new(Tree(json), DocumentFormat.Json);
        var reading = PolicyReading.Of(document);
        return new(meta.Key, meta.ResourceVersion, new(reading.Policy, document, reading.Faults.ToValueList()));
    }

    /// <summary>As <see cref="Policy"/>, without the text of it.</summary>
    public Decoded<NetworkPolicy> EnginePolicy(ReadOnlySpan<byte> json)
    {
        var read = Policy(json);
        var policy = read.Value.Policy.ToPolicy(read.Value.Faults);
        return read.With(new NetworkPolicy(new(read.Key.Namespace, read.Key.Name), selectors.Share(policy.Subject), Share(policy.Ingress), Share(policy.Egress)));
    }

    private ValueList<Rule>? Share(ValueList<Rule>? list) => list is { } given ? ruleLists.Share(given.Select(rules.Share).ToValueList()) : null;

    private static Cursor Root(ReadOnlySpan<byte> json) => Cursor.Root(Tree(json), new(DocumentFormat.Json, isStrict: false));

    private static TreeNode Tree(ReadOnlySpan<byte> json)
    {
        try
        {
            return new JsonTreeReader("", ReadingLimits.Default, new StringPool()).Read(json) is [var root] ? root : throw new JsonException("no object");
        }
        catch (UnreadableTextException fault)
        {
            throw new JsonException(fault.Message, fault);
        }
    }
}
