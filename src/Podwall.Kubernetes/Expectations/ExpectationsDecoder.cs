using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>From the tree to expectations. A line that cannot be read in full is a fault and is left out.</summary>
internal sealed class ExpectationsDecoder
{
    private readonly List<FieldError> faults = [];

    public IEnumerable<FieldError> Faults => faults;

    public ExpectationFile File(Cursor document)
    {
        var root = document.Struct("Expectations", "apiVersion", "kind", "title", "about", "steps", "refused");
        if (root["apiVersion"].Text() is var version and not ExpectationsReader.ApiVersion)
            faults.Add(FieldError.NotSupported(root.Path.Child("apiVersion"), version ?? "", ExpectationsReader.ApiVersion)
               .WithFix($"Write apiVersion: {ExpectationsReader.ApiVersion}."));
        return new(
            root["title"].Text() ?? "",
            root["about"].Text() ?? "",
            (root["steps"].Items("Step") ?? []).Select(Step).ToValueList(),
            Refusals(root["refused"]))
        { Position = root.Node!.Position };
    }

    private ExpectationStep Step(Cursor item)
    {
        var step = item.Struct("Step", "name", "apply", "label", "expect", "otherwise", "refused");
        return new(
            step["name"].Text() ?? "",
            step["apply"].Texts(),
            Changes(step["label"]),
            (step["expect"].Items("Expectation") ?? []).Select(Line).OfType<Expectation>().ToValueList(),
            Verdict(step["otherwise"]),
            Refusals(step["refused"]))
        { Position = item.Node!.Position };
    }

    private Expectation? Line(Cursor item)
    {
        var line = item.Struct("Expectation", "from", "to", "ports", "is");
        var from = End(line["from"]);
        var to = End(line["to"]);
        var ports = Ports(line["ports"]);
        var verdict = line["is"].IsAbsent ? Missing<Verdict>(line["is"], "Write is: allow or is: deny.") : Verdict(line["is"]);
        return from is null || to is null || ports.Count == 0 || verdict is null
            ? null
            : new(from, to, ports, verdict.Value) { Position = item.Node!.Position };
    }

    private FlowEnd? End(Cursor field)
    {
        const string Forms = "Write namespace/pod, namespace/* or an IP address.";
        if (field.IsAbsent)
            faults.Add(FieldError.Required(field.Path, "").WithFix(Forms));
        if (field.Text() is not { } text)
            return null;
        var end = FlowEnd.TryParse(text);
        if (end is null)
            faults.Add(FieldError.Invalid(field.Path, text, "names no end of a flow").WithFix(Forms));
        return end;
    }

    private ValueList<ExpectedPort> Ports(Cursor field)
    {
        List<ExpectedPort> ports = [];
        foreach (var item in field.Items("string") ?? [])
        {
            if (item.Text() is not { } text)
                continue;
            if (ExpectedPort.TryParse(text) is { } port)
                ports.Add(port);
            else
                faults.Add(FieldError.Invalid(item.Path, text, "is no port").WithFix("Write 80/tcp, 53/udp, 132/sctp or icmp."));
        }

        if (field.IsAbsent || field.Node is SequenceNode { Items.Count: 0 })
            faults.Add(FieldError.Required(field.Path, "").WithFix("List the ports: ports: [80/tcp]."));
        return ports.ToValueList();
    }

    private Verdict? Verdict(Cursor field)
    {
        switch (field.Text())
        {
            case null:
                return null;
            case "allow":
                return Policy.Verdict.Allow;
            case "deny":
                return Policy.Verdict.Deny;
            case { } other:
                faults.Add(FieldError.NotSupported(field.Path, other, "allow", "deny").WithFix("Write allow or deny."));
                return null;
        }
    }

    private ValueList<LabelChange> Changes(Cursor field)
    {
        var label = field.Struct("Label", "namespaces", "pods");
        return
        [
            .. Targets(label["namespaces"]).Select(t => (LabelChange)new LabelChange.OfNamespace(t.Name, t.Edits)),
            .. Targets(label["pods"]).Select(Pod).OfType<LabelChange>(),
        ];

        LabelChange? Pod((string Name, FieldPath Path, ValueList<LabelEdit> Edits) target)
        {
            if (target.Name.Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name])
                return new LabelChange.OfPod(new(ns, name), target.Edits);
            faults.Add(FieldError.Invalid(target.Path, target.Name, "names no pod").WithFix("Write namespace/pod."));
            return null;
        }
    }

    private IEnumerable<(string Name, FieldPath Path, ValueList<LabelEdit> Edits)> Targets(Cursor field) =>
        (field.Struct("map[string]Labels").Node as MappingNode)?.Effective().Select(entry =>
        {
            var inside = field with { Node = entry.Value, Path = field.Path.Child(entry.Key) };
            return (entry.Key, inside.Path, Edits(inside));
        }) ?? [];

    private ValueList<LabelEdit> Edits(Cursor field)
    {
        var labels = field.TextMap();
        faults.AddRange(MetaRules.Labels(labels, field.Path));
        // Null takes a label off, where elsewhere it is an empty value.
        var removed = (field.Node as MappingNode)?.Effective().Where(e => e.Value.IsNull).Select(e => e.Key).ToHashSet(StringComparer.Ordinal) ?? [];
        return labels.Select(l => new LabelEdit(l.Key, removed.Contains(l.Key) ? null : l.Value)).ToValueList();
    }

    private ValueList<ExpectedRefusal> Refusals(Cursor field) => (field.Items("Refusal") ?? []).Select(item =>
    {
        var refusal = item.Struct("Refusal", "file", "field", "message");
        if (refusal["file"].IsAbsent)
            Missing<int>(refusal["file"], "Name the file that is refused.");
        return new ExpectedRefusal(refusal["file"].Text() ?? "", refusal["field"].Text() ?? "", refusal["message"].Text() ?? "") { Position = item.Node!.Position };
    }).ToValueList();

    private T? Missing<T>(Cursor field, string fix) where T : struct
    {
        faults.Add(FieldError.Required(field.Path, "").WithFix(fix));
        return null;
    }
}
