using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>What a change does, for a program: kind <c>PolicyDiff</c>, see docs/json.md.</summary>
internal static class DiffJson
{
    public static void Write(Terminal terminal, OutputFormat format, DiffReport report) => Documents.Write(terminal, format, json =>
    {
        var (diff, sources) = (report.Diff, report.After.Manifests.Sources);
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", "PolicyDiff");
        json.WriteString("before", report.Before.Name);
        json.WriteString("after", report.After.Name);
        json.WriteBoolean("sameMeaning", diff.IsSameMeaning);
        Changes(json, "opened", diff.Opened, report);
        Changes(json, "closed", diff.Closed, report);
        CheckJson.Strings(json, "newPods", report.Names.Workloads(diff.NewPods));
        CheckJson.Strings(json, "gonePods", report.Names.Workloads(diff.GonePods));
        Changes(json, "openedToNew", diff.OpenedToNew, report);
        json.WriteStartArray("undecidable");
        foreach (var change in diff.Undecided)
            Write(json, change, report);
        json.WriteEndArray();
        json.WriteStartObject("future");
        Changes(json, "opened", diff.FutureOpened, report);
        Changes(json, "closed", diff.FutureClosed, report);
        json.WriteBoolean("complete", diff.TriedEveryFuture);
        json.WriteEndObject();
        json.WriteStartArray("policies");
        foreach (var policy in diff.Policies)
            Write(json, policy, sources);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, PolicyChange policy, SourceMap sources)
    {
        json.WriteStartObject();
        json.WriteString("policy", $"{policy.Policy}");
        json.WriteString("edit", policy.Edit.ToString().ToLowerInvariant());
        json.WriteString("reach", policy.Reach switch { EditReach.Nothing => "nothing", EditReach.FuturePods => "futurePods", EditReach.Traffic => "traffic", _ => "notTried" });
        CheckJson.Position(json, sources.Of(policy.Policy));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, UndecidedChange change, DiffReport report)
    {
        json.WriteStartObject();
        End(json, "from", change.From, report);
        End(json, "to", change.To, report);
        TrafficJson.Write(json, "mayOpen", change.MayOpen);
        TrafficJson.Write(json, "mayClose", change.MayClose);
        CheckJson.Strings(json, "missing", change.Missing);
        json.WriteEndObject();
    }

    private static void Changes(Utf8JsonWriter json, string name, ValueList<PathChange> changes, DiffReport report)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            json.WriteStartObject();
            End(json, "from", change.From, report);
            End(json, "to", change.To, report);
            TrafficJson.Write(json, "traffic", change.Traffic);
            if (change.OnlyOver is { } family)
                json.WriteString("family", $"{family}");
            json.WriteStartObject("example");
            Flow(json, change);
            json.WriteEndObject();
            json.WriteStartArray("causes");
            foreach (var cause in change.Causes)
                Write(json, cause, report.After.Manifests.Sources);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The example of a change, as members of an object.</summary>
    public static void Flow(Utf8JsonWriter json, PathChange change) => FlowJson.WriteEnds(json,
        ChangeWords.Name(change.From, change.Example.From), ChangeWords.Name(change.To, change.Example.To), change.Example.Protocol, change.Example.Port);

    private static void Write(Utf8JsonWriter json, ChangeCause cause, SourceMap sources)
    {
        json.WriteStartObject();
        json.WriteString("direction", cause.Direction == Direction.Ingress ? "ingress" : "egress");
        CheckJson.Rules(json, "rules", cause.Rules, sources);
        CheckJson.Strings(json, "isolatedBy", cause.Isolating.Select(p => $"{p}"));
        json.WriteEndObject();
    }

    private static void End(Utf8JsonWriter json, string name, PathEnd end, DiffReport report)
    {
        json.WriteStartObject(name);
        if (end.IsOutside)
            CheckJson.Strings(json, "addresses", end.Addresses.Ranges.Select(r => $"{r}"));
        if (end.Pods.Count > 0)
            CheckJson.Strings(json, "workloads", report.Names.Workloads(end.Pods));
        if (end.Future.Count > 0)
        {
            json.WriteStartArray("future");
            foreach (var pod in end.Future)
                Write(json, pod);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FuturePod pod)
    {
        json.WriteStartObject();
        if (pod.Namespace is not null)
            json.WriteString("namespace", pod.Namespace);
        else
            Labels(json, "namespaceLabels", pod.NamespaceLabels);
        Labels(json, "labels", pod.Labels);
        json.WriteEndObject();
    }

    // Null is a value that no policy names.
    private static void Labels(Utf8JsonWriter json, string name, Labels labels)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in labels)
            json.WriteString(key, value == FuturePod.AnythingElse ? null : value);
        json.WriteEndObject();
    }
}
