using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Reads objects one by one, by their kind; of two with one name the later is kept, as kubectl apply would.</summary>
internal sealed class ObjectCollector(ReadingOptions options, List<Diagnostic> diagnostics)
{
    private readonly Dictionary<ObjectId, SourcePosition> places = [];
    private readonly SortedDictionary<(string Kind, string ApiVersion), (int Count, SourcePosition First)> others = [];
    private readonly SortedDictionary<(string Kind, string ApiVersion), int> read = [];
    private readonly LabelPool labels = new();

    public OrderedDictionary<PodId, PodObject> Pods { get; } = [];

    public OrderedDictionary<WorkloadId, WorkloadObject> Workloads { get; } = [];

    public OrderedDictionary<string, Labels> Namespaces { get; } = [];

    public OrderedDictionary<string, Node> Nodes { get; } = [];

    public OrderedDictionary<(string, string), Service> Services { get; } = [];

    public List<PolicySource> Policies { get; } = [];

    public List<SupportingObject> Supporting { get; } = [];

    /// <summary>Where each object stands; of two with one name, the first.</summary>
    public IReadOnlyDictionary<ObjectId, SourcePosition> Places => places;

    /// <summary>What could not be read in full and must be isolated in a lenient reading.</summary>
    public HashSet<ObjectId> Closed { get; } = [];

    public IEnumerable<KindCount> OtherKinds => others.Select(o => new KindCount(o.Key.ApiVersion, o.Key.Kind, o.Value.Count));

    public IEnumerable<KindCount> ReadKinds => read.Select(r => new KindCount(r.Key.ApiVersion, r.Key.Kind, r.Value));

    public void Take(Manifest manifest)
    {
        var role = KnownKinds.RoleOf(manifest.Group, manifest.ApiVersion, manifest.Kind);
        switch (role)
        {
            case KindRole.Expectations:
                return;
            case KindRole.Other or KindRole.OtherPolicy:
                TakeOther(manifest, role);
                return;
            case KindRole.OldNetworkPolicy:
                diagnostics.Add(new(options.Lenient ? Severity.Warning : Severity.Error, DiagnosticCodes.UnsupportedVersion, $"no kind \"NetworkPolicy\" is registered for version \"{manifest.ApiVersion}\"")
                {
                    Position = FieldPath.Of("apiVersion").PositionIn(manifest.Root),
                    Subject = manifest.Id(isNamespaced: true),
                    Field = "apiVersion",
                    Fix = $"Write apiVersion: {PolicyObject.ApiVersion}; the fields are the same.",
                });
                // The old versions have the same fields, so that a lenient reading can still close what they select.
                if (options.Lenient)
                    TakePolicy(manifest with { ApiVersion = PolicyObject.ApiVersion });
                return;
        }

        read[(manifest.Kind, manifest.ApiVersion)] = read.GetValueOrDefault((manifest.Kind, manifest.ApiVersion)) + 1;
        if (manifest.ApiVersion.Length == 0)
            diagnostics.Add(new(Severity.Warning, DiagnosticCodes.MissingApiVersion, "apiVersion not set; kubectl refuses the object")
            {
                Position = manifest.Position,
                Subject = manifest.Id(role is not (KindRole.Namespace or KindRole.Node)),
                Fix = "Add the apiVersion of the kind.",
            });
        if (role == KindRole.NetworkPolicy)
            TakePolicy(manifest);
        else
            TakeObject(manifest, role);
    }

    private void TakeOther(Manifest manifest, KindRole role)
    {
        if (KnownKinds.Meant(manifest.Group, manifest.Kind) is { } meant)
        {
            diagnostics.Add(new(Severity.Error, DiagnosticCodes.UnknownKind, $"no matches for kind \"{manifest.Kind}\" in version \"{manifest.ApiVersion}\"")
            {
                Position = FieldPath.Of("kind").PositionIn(manifest.Root),
                Subject = manifest.Id(isNamespaced: true),
                Field = "kind",
                Fix = $"Write kind: {meant}.",
            });
            return;
        }

        if (KnownKinds.IsSupporting(manifest.Group, manifest.Kind, (manifest.Root["metadata"] as MappingNode)?.TextOf("name")))
            Supporting.Add(new(manifest.Id(isNamespaced: manifest.Kind is "RoleBinding" or "Endpoints" or "EndpointSlice"), manifest.Root));
        var key = (manifest.Kind, manifest.ApiVersion);
        var seen = others.TryGetValue(key, out var known);
        others[key] = seen ? known with { Count = known.Count + 1 } : (1, manifest.Position);
        if (role == KindRole.OtherPolicy && !seen)
            diagnostics.Add(new(Severity.Warning, DiagnosticCodes.UnsupportedPolicyKind,
                $"objects of kind {manifest.Kind} ({manifest.ApiVersion}) also decide traffic, and are not judged here")
            {
                Position = manifest.Position,
                Subject = manifest.Id(isNamespaced: true),
                Fix = "Read the results as what NetworkPolicies alone allow.",
            });
    }

    private void TakePolicy(Manifest manifest)
    {
        var policy = Known(manifest, () => PolicyOf(manifest));
        var id = new ObjectId(PolicyObject.Kind, policy.Id.Namespace, policy.Id.Name);
        Report(manifest, id, policy.Faults);
        if (options.Lenient && policy.Faults.Any(f => f.Field == FieldPath.Root || f.Field.IsInside(FieldPath.Of("spec"))))
            Closed.Add(id);
        Place(manifest, id);
        Policies.Add(policy);
    }

    private PolicySource PolicyOf(Manifest manifest)
    {
        var reading = PolicyReading.Of(manifest.Document);
        var meta = reading.Policy.Metadata;
        var policy = reading.Policy with { Metadata = meta with { Name = NameOf(meta), Namespace = meta.Namespace.Length == 0 ? "default" : meta.Namespace } };
        return new(policy, manifest.Document, reading.Faults.ToValueList());
    }

    private void TakeObject(Manifest manifest, KindRole role)
    {
        var (id, content, faults) = Known(manifest, () => Decode(manifest, role));
        switch (content)
        {
            case Labels labelled:
                Namespaces[id.Name] = labelled;
                break;
            case PodObject pod:
                Pods[pod.Id] = pod;
                break;
            case WorkloadObject workload:
                Workloads[workload.Id] = workload;
                break;
            case Service service:
                Services[(service.Namespace, service.Name)] = service;
                break;
            case Node node:
                Nodes[node.Name] = node;
                break;
        }

        Report(manifest, id, faults);
        Place(manifest, id);
    }

    private Decoded Decode(Manifest manifest, KindRole role)
    {
        DecodingFindings findings = new(manifest.Document.Format, isStrict: false);
        List<FieldError> faults = [];
        var root = Cursor.Root(manifest.Root, findings);
        var isNamespaced = role is not (KindRole.Namespace or KindRole.Node);
        var meta = ObjectMetaDecoder.DecodeUsed(root.Struct($"v1.{manifest.Kind}")["metadata"]);
        faults.AddRange(MetaRules.Check(meta, KnownKinds.NameRuleOf(role), isNamespaced));
        var ns = meta.Namespace.Length == 0 ? "default" : meta.Namespace;
        var name = NameOf(meta);
        object? content = role switch
        {
            KindRole.Namespace => labels.Of(meta.Labels),
            KindRole.Pod => PodReader.Read(manifest, root, meta, new(ns, name), labels, faults),
            KindRole.Workload => WorkloadReader.Read(manifest, root, meta, new(ns, manifest.Kind, name), labels, faults),
            KindRole.Service => ServiceReader.Read(root, ns, name, labels, faults),
            KindRole.Node => NodeReader.Read(root, meta, labels, faults) with { Name = name },
            _ => null,
        };
        var wrongTypes = findings.WrongTypes.ToList();
        return new(new(manifest.Kind, isNamespaced ? ns : null, name), content, [.. wrongTypes, .. FieldError.Capped(faults, findings.IsCut).Where(f => f.Type != FieldErrorType.Required || !wrongTypes.Any(w => w.Field.IsInside(f.Field)))]);
    }

    // A generated name depends on what else is there, so such an object is read each time.
    private T Known<T>(Manifest manifest, Func<T> make)
        where T : class =>
        options.Memory is { } memory && (manifest.Root["metadata"] as MappingNode)?.TextOf("name") is { Length: > 0 } ? memory.Made(manifest.Root, make) : make();

    // The API server makes up the end of a generated name; here a number keeps such objects apart.
    private string NameOf(ObjectMeta meta) => meta.Name.Length > 0 ? meta.Name
        : meta.GenerateName.Length > 0 ? $"{meta.GenerateName}{places.Count + 1}"
        : "(no name)";

    private void Place(Manifest manifest, ObjectId id)
    {
        if (places.TryAdd(id, manifest.Position))
            return;
        // A service only names traffic, so that which of two holds changes no verdict.
        diagnostics.Add(new(options.Lenient || id.Kind == "Service" ? Severity.Warning : Severity.Error, DiagnosticCodes.DuplicateObject,
            $"the object is already defined at {places[id]}; applied together, this one would replace it")
        {
            Position = manifest.Position,
            Subject = id,
            Field = "metadata.name",
            Fix = "Keep one of them, or give them different names or namespaces.",
        });
    }

    private void Report(Manifest manifest, ObjectId id, IReadOnlyCollection<FieldError> faults)
    {
        foreach (var fault in faults)
            diagnostics.Add(new(options.Lenient || IsHarmless(fault) ? Severity.Warning : Severity.Error, DiagnosticCodes.InvalidObject, fault.Message)
            {
                Position = fault.Position ?? fault.Culprit.PositionIn(manifest.Root),
                Subject = id,
                Field = fault.Field.ToString(),
                Type = fault.Type.Name(),
                Fix = fault.Fix,
            });
        if (options.Lenient && id.Kind != PolicyObject.Kind && faults.Any(f => f.Field.ToString().Contains("labels", StringComparison.Ordinal) || f.Field == FieldPath.Root))
            Closed.Add(id);
    }

    // API servers before 1.28 wrote an empty status into every policy; today's refuse it, and it never meant anything.
    private static bool IsHarmless(FieldError fault) => fault.Type == FieldErrorType.UnknownField && fault.Field.ToString() == "status";

    private sealed record Decoded(ObjectId Id, object? Content, ValueList<FieldError> Faults);
}
