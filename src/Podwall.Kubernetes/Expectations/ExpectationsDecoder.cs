using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>From the tree to expectations. A line that cannot be read in full is a fault and is left out.</summary>
internal sealed class ExpectationsDecoder
{
    private readonly List<FieldError> faults = [];

    public IEnumerable<FieldError> Faults => faults;

    public ExpectationFile File(Cursor document)
    {
        var root = document.Struct("Expectations", "apiVersion", "kind", "title", "about", "steps", "refused", "expect", "otherwise");
        if (root["apiVersion"].Text() is var version and not ExpectationsReader.ApiVersion)
            faults.Add(FieldError.NotSupported(root.Path.Child("apiVersion"), version ?? "", ExpectationsReader.ApiVersion)
               .WithFix($"Write apiVersion: {ExpectationsReader.ApiVersion}."));
        return new(
            root["title"].Text() ?? "",
            root["about"].Text() ?? "",
            (root["steps"].Items("Step") ?? []).Select(Step).ToValueList(),
            Refusals(root["refused"]))
        { Position = root.Node!.Position, AsGiven = AsGiven(root) };
    }

    private ExpectationStep? AsGiven(Cursor root)
    {
        if (root["expect"].IsAbsent && root["steps"].IsAbsent)
            faults.Add(FieldError.Required(root.Path.Child("expect"), "").WithFix("List what must hold: expect: [{from: apps/web, to: apps/db, ports: [5432/tcp], is: allow}]."));
        return root["expect"].IsAbsent ? null : new("", [], [], Lines(root["expect"]), Verdict(root["otherwise"]), []) { Position = root["expect"].Node!.Position };
    }

    private ExpectationStep Step(Cursor item)
    {
        var step = item.Struct("Step", "name", "apply", "label", "expect", "otherwise", "refused");
        return new(
            step["name"].Text() ?? "",
            step["apply"].Texts(),
            Changes(step["label"]),
            Lines(step["expect"]),
            Verdict(step["otherwise"]),
            Refusals(step["refused"]))
        { Position = item.Node!.Position };
    }

    private ValueList<Expectation> Lines(Cursor field) => (field.Items("Expectation") ?? []).SelectMany(Line).ToValueList();

    private IEnumerable<Expectation> Line(Cursor item)
    {
        var line = item.Struct("Expectation", "name", "from", "to", "ports", "is", "only", "apartBy");
        var name = line["name"].Text() ?? "";
        return (line["only"].IsAbsent ? line["apartBy"].IsAbsent ? Plain(line) : Apart(line) : Only(line))
            .Select(l => l with { Position = item.Node!.Position, Name = name.Length > 0 ? name : l.Name });
    }

    private IEnumerable<Expectation> Plain(Cursor line)
    {
        var from = End(line["from"]);
        var to = End(line["to"]);
        var ports = Ports(line["ports"]);
        var verdict = line["is"].IsAbsent ? Missing<Verdict>(line["is"], "Write is: allow or is: deny.") : Verdict(line["is"]);
        return from is null || to is null || ports.Count == 0 || verdict is null ? [] : [new(from, to, ports, verdict.Value) { Position = default }];
    }

    /// <summary><c>only: A, to: B</c>: nothing but A reaches B at all, and A reaches it on the ports, if any are given.</summary>
    private IEnumerable<Expectation> Only(Cursor line)
    {
        Unwanted(line, "only", "from", "is", "apartBy");
        var (only, to) = (End(line["only"]), End(line["to"]));
        var ports = line["ports"].IsAbsent ? [] : Ports(line["ports"]);
        if (only is null || to is null)
            return [];
        Expectation others = new(new FlowEnd.Not(only), to, [ExpectedPort.Any], Policy.Verdict.Deny) { Position = default, Name = $"only {only} reaches {to}" };
        return ports.Count == 0 ? [others] : [others, new(only, to, ports, Policy.Verdict.Allow) { Position = default }];
    }

    /// <summary><c>apartBy: team</c>: nothing passes between pods with different values of the label, which a pod has or else its namespace.</summary>
    private IEnumerable<Expectation> Apart(Cursor line)
    {
        Unwanted(line, "apartBy", "from", "to", "is");
        var ports = line["ports"].IsAbsent ? [ExpectedPort.Any] : Ports(line["ports"]);
        FlowEnd everyone = new FlowEnd.Selected(null, Selector.Everything, Selector.Everything);
        return line["apartBy"].Text() is { Length: > 0 } key ? [new(everyone, everyone, ports, Policy.Verdict.Deny) { Position = default, ApartBy = key }] : [];
    }

    private void Unwanted(Cursor line, string given, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
            if (!line[field].IsAbsent)
                faults.Add(FieldError.Invalid(line[field].Path, line[field].Text() ?? "", $"cannot stand beside {given}").WithFix($"Write two lines, one of them without {given}."));
    }

    private FlowEnd? End(Cursor field)
    {
        if (field.Node is SequenceNode)
        {
            var ends = (field.Items("string") ?? []).Select(End).OfType<FlowEnd>().ToValueList();
            return ends.Count == 0 ? null : ends.Count == 1 ? ends[0] : new FlowEnd.AnyOf(ends);
        }

        if (field.IsAbsent)
            faults.Add(FieldError.Required(field.Path, "").WithFix(FlowEnd.Forms));
        if (field.Text() is not { } text)
            return null;
        var end = FlowEnd.TryParse(text);
        if (end is null)
            faults.Add(FieldError.Invalid(field.Path, text, "names no end of a flow").WithFix(FlowEnd.Forms));
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
                faults.Add(FieldError.Invalid(item.Path, text, "is no port").WithFix("Write 80/tcp, 53/udp, 132/sctp, a range such as 8000-8080/tcp, any/tcp, icmp, or any."));
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
