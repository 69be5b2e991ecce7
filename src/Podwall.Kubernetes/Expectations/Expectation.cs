using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What must hold of a set of policies, step by step: a scenario's proof, or a user's own test.</summary>
public sealed record ExpectationFile(string Title, string About, ValueList<ExpectationStep> Steps, ValueList<ExpectedRefusal> Refused)
{
    public required SourcePosition Position { get; init; }

    /// <summary>What must hold of the cluster as it is given, without steps; null where the file says nothing of it.</summary>
    public ExpectationStep? AsGiven { get; init; }
}

/// <summary>
/// The policies in force are those of <paramref name="Apply"/> alone; label changes stay in force in later steps. Flows
/// that no line names end as <paramref name="Otherwise"/> says, or are not judged if it is null.
/// </summary>
public sealed record ExpectationStep(
    string Name, ValueList<string> Apply, ValueList<LabelChange> Labels, ValueList<Expectation> Expect, Verdict? Otherwise, ValueList<ExpectedRefusal> Refused)
{
    public required SourcePosition Position { get; init; }
}

/// <summary>One line: flows and how they must end.</summary>
public sealed record Expectation(FlowEnd From, FlowEnd To, ValueList<ExpectedPort> Ports, Verdict Is)
{
    public required SourcePosition Position { get; init; }

    /// <summary>What the line is called; empty where it has no name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Only flows between pods with different values of this label, which a pod has or else its namespace, are meant; null for all.</summary>
    public string? ApartBy { get; init; }

    public override string ToString() => Name.Length > 0 ? Name
        : ApartBy is not null ? $"apart by {ApartBy}"
        : $"{From} -> {To} {string.Join(", ", Ports)} {(Is == Verdict.Allow ? "allow" : "deny")}";
}

/// <summary>One end of an expected flow, as written.</summary>
public abstract record FlowEnd
{
    private FlowEnd()
    {
    }

    /// <summary><c>ns/name</c>: a pod, or the pods of a workload of that name.</summary>
    public sealed record OnePod(PodId Id) : FlowEnd
    {
        public override string ToString() => Id.ToString();
    }

    /// <summary><c>ns/*</c>: every pod of the namespace.</summary>
    public sealed record AllPods(string Namespace) : FlowEnd
    {
        public override string ToString() => $"{Namespace}/*";
    }

    /// <summary>An address that belongs to no pod.</summary>
    public sealed record Outside(Address Address) : FlowEnd
    {
        public override string ToString() => Address.ToString();
    }

    /// <summary>Pods by the labels of their namespace and their own: <c>apps/[app=web]</c>, <c>[team=a]/*</c>, <c>*/*</c>.</summary>
    public sealed record Selected(string? Namespace, Selector Namespaces, Selector Pods) : FlowEnd
    {
        public override string ToString() => $"{Namespace ?? Text(Namespaces)}/{Text(Pods)}";

        private static string Text(Selector selector) => selector == Selector.Everything ? "*" : $"[{Client.LabelSelectorText.Format(selector)}]";
    }

    /// <summary>Every address of a block; <c>outside</c> is every address there is.</summary>
    public sealed record Block(AddressSet Addresses, string Text) : FlowEnd
    {
        public override string ToString() => Text;
    }

    /// <summary><c>not END</c>: all pods and addresses but these.</summary>
    public sealed record Not(FlowEnd End) : FlowEnd
    {
        public override string ToString() => $"not {End}";
    }

    /// <summary>A list of ends.</summary>
    public sealed record AnyOf(ValueList<FlowEnd> Ends) : FlowEnd
    {
        public override string ToString() => string.Join(", ", Ends);
    }

    public const string Forms = "Write namespace/pod, namespace/*, */*, namespace/[label=value], [label=value]/* (labels of the namespace), an IP address, a block such as 10.0.0.0/8, outside, or not before any of these.";

    public static FlowEnd? TryParse(string text)
    {
        text = text.Trim();
        if (text.StartsWith("not ", StringComparison.Ordinal))
            return TryParse(text[4..]) is { } end and not Not ? new Not(end) : null;
        if (text == "outside")
            return new Block(AddressSet.Everything, text);
        if (Address.TryParse(text, out var address))
            return new Outside(address);
        if (Cidr.TryParse(text, out var block))
            return new Block(AddressSet.Of(block), text);
        // A label's key may hold a slash, so brackets come before slashes.
        var slash = text.StartsWith('[') ? text.IndexOf("]/", StringComparison.Ordinal) + 1 : text.IndexOf('/');
        if (slash <= 0 || slash == text.Length - 1)
            return null;
        var (ns, name) = (text[..slash], text[(slash + 1)..]);
        if (IsName(ns) && IsName(name))
            return new OnePod(new(ns, name));
        if (IsName(ns) && name == "*")
            return new AllPods(ns);
        return SelectorOf(ns) is { } namespaces && SelectorOf(name) is { } pods ? new Selected(IsName(ns) ? ns : null, namespaces, pods) : null;
    }

    private static bool IsName(string text) => text.Length > 0 && text.AsSpan().IndexOfAny("*[]/ ") < 0;

    // A name is that of the namespace; a pod's own is looked up, never selected.
    private static Selector? SelectorOf(string text)
    {
        if (text == "*")
            return Selector.Everything;
        if (IsName(text))
            return Selector.Of((NamespaceBlock.NameLabel, text));
        if (!text.StartsWith('[') || !text.EndsWith(']'))
            return null;
        try
        {
            return Client.LabelSelectorText.Parse(text[1..^1]);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary><c>80/tcp</c>, <c>8000-8080/tcp</c>, <c>any/udp</c>, <c>icmp</c> without a port, or <c>any</c>, which is all traffic.</summary>
public readonly record struct ExpectedPort(Protocol Protocol, ushort? Port)
{
    /// <summary>The last port of a range; null for a single one.</summary>
    public ushort? Last { get; private init; }

    /// <summary>All traffic, of any protocol.</summary>
    public bool IsAny { get; private init; }

    public static ExpectedPort Any { get; } = new(Protocol.Tcp, null) { IsAny = true };

    public Traffic Traffic => IsAny ? Traffic.Everything
        : Port is { } first ? Traffic.Of(Protocol, PortSet.Of(new PortRange(first, Last ?? first)))
        : Traffic.None with { PortLess = true };

    public static ExpectedPort? TryParse(string text)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
            return Any;
        if (text.Equals("icmp", StringComparison.OrdinalIgnoreCase))
            return new(Protocol.Icmp, null);
        if (text.Split('/') is not [var ports, var name] || !ProtocolNames.TryParse(name, out var protocol) || protocol == Protocol.Icmp)
            return null;
        if (ports.Equals("any", StringComparison.OrdinalIgnoreCase))
            return new(protocol, PortRange.All.First) { Last = PortRange.All.Last };
        return ports.Split('-') switch
        {
            [var one] when IsPort(one, out var port) => new(protocol, port),
            [var low, var high] when IsPort(low, out var first) && IsPort(high, out var last) && first <= last => new(protocol, first) { Last = last },
            _ => null,
        };

        static bool IsPort(string text, out ushort port) => ushort.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out port) && port > 0;
    }

    public override string ToString() => IsAny ? "any" : Port is not { } port ? "icmp"
        : $"{(Last is not { } last || last == port ? $"{port}" : port == PortRange.All.First && last == PortRange.All.Last ? "any" : $"{port}-{last}")}/{Protocol.Name().ToLowerInvariant()}";
}

/// <summary>Labels that a step puts on or takes off.</summary>
public abstract record LabelChange(ValueList<LabelEdit> Edits)
{
    public sealed record OfNamespace(string Name, ValueList<LabelEdit> Edits) : LabelChange(Edits);

    public sealed record OfPod(PodId Id, ValueList<LabelEdit> Edits) : LabelChange(Edits);

    /// <summary>The cluster with the labels changed; what it does not hold changes nothing.</summary>
    public Snapshot ApplyTo(Snapshot cluster)
    {
        var (ns, pod) = this is OfPod { Id: var id } ? (id.Namespace, id) : (((OfNamespace)this).Name, (PodId?)null);
        return cluster.Find(ns) is not { } block ? cluster
            : cluster.With(pod is null
                ? block.With(labels: ApplyTo(block.Labels))
                : block.With(pods: block.Pods.Select(p => p.Id == pod ? p with { Labels = ApplyTo(p.Labels) } : p)));
    }

    public Labels ApplyTo(Labels labels)
    {
        foreach (var (key, value) in Edits)
            labels = value is null ? labels.Without(key) : labels.With(key, value);
        return labels;
    }
}

/// <summary>A label to set, or to take off where the value is null.</summary>
public readonly record struct LabelEdit(string Key, string? Value);

/// <summary>A file that the API server refuses, and how.</summary>
public sealed record ExpectedRefusal(string File, string Field, string Message)
{
    public required SourcePosition Position { get; init; }
}
