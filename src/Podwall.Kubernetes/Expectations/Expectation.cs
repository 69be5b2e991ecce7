using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What must hold of a set of policies, step by step: a scenario's proof, or a user's own test.</summary>
public sealed record ExpectationFile(string Title, string About, ValueList<ExpectationStep> Steps, ValueList<ExpectedRefusal> Refused)
{
    public required SourcePosition Position { get; init; }
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

    public static FlowEnd? TryParse(string text)
    {
        if (Address.TryParse(text, out var address))
            return new Outside(address);
        if (text.Split('/') is not [{ Length: > 0 } ns, { Length: > 0 } name])
            return null;
        return name == "*" ? new AllPods(ns) : new OnePod(new(ns, name));
    }
}

/// <summary><c>80/tcp</c>, or <c>icmp</c> without a port.</summary>
public readonly record struct ExpectedPort(Protocol Protocol, ushort? Port)
{
    public static ExpectedPort? TryParse(string text)
    {
        if (text.Equals("icmp", StringComparison.OrdinalIgnoreCase))
            return new(Protocol.Icmp, null);
        return text.Split('/') is [var port, var name] && ushort.TryParse(port, out var number) && number > 0
            && ProtocolNames.TryParse(name, out var protocol) && protocol != Protocol.Icmp ? new(protocol, number) : null;
    }

    public override string ToString() => Port is { } port ? $"{port}/{Protocol.Name().ToLowerInvariant()}" : "icmp";
}

/// <summary>Labels that a step puts on or takes off.</summary>
public abstract record LabelChange(ValueList<LabelEdit> Edits)
{
    public sealed record OfNamespace(string Name, ValueList<LabelEdit> Edits) : LabelChange(Edits);

    public sealed record OfPod(PodId Id, ValueList<LabelEdit> Edits) : LabelChange(Edits);

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
