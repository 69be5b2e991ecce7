using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>A command line, and what it does or shows.</summary>
public sealed record Command(string Line, string Does);

/// <summary>The commands that go with a step of a scenario.</summary>
public static class Commands
{
    /// <summary>From a cluster without the scenario, or in any earlier step of it, to this step.</summary>
    public static IEnumerable<Command> ToApply(GuideScenario scenario, GuideStep step)
    {
        yield return Apply(scenario, scenario.Cluster, step.State.Manifests.Snapshot.Find(KubeDns.Namespace) is null
            ? "makes the namespaces, pods and Services of this scenario"
            : "makes the namespaces, pods and Services of this scenario; a cluster with DNS of its own has kube-system already, so leave that out there");
        var earlier = scenario.Steps.TakeWhile(s => s != step).ToArray();
        foreach (var gone in earlier.SelectMany(PoliciesOf).Except(PoliciesOf(step)).GroupBy(p => p.Namespace))
            yield return new($"kubectl delete networkpolicy {string.Join(' ', gone.Select(p => p.Name))} -n {gone.Key} --ignore-not-found", "takes away what an earlier step put in force");
        var cluster = scenario.Steps[0].State.Manifests.Snapshot;
        foreach (var change in earlier.Append(step).SelectMany(s => s.Step.Labels.AsEnumerable()))
        {
            yield return new(Label(change, cluster), "sets the labels that selectors ask for");
            cluster = change.ApplyTo(cluster);
        }

        foreach (var policy in step.Policies)
            yield return Apply(scenario, policy, "puts the policy in force");
    }

    /// <summary>Something that is let through and something that is not, as far as pods, TCP and DNS can show it.</summary>
    public static IEnumerable<Command> ToVerify(GuideScenario scenario, GuideStep step)
    {
        foreach (var policy in step.State.Compiled.Snapshot.Policies.Take(1))
            yield return new($"kubectl describe networkpolicy {policy.Id.Name} -n {policy.Id.Namespace}", "what the API server understood");
        Trials trials = new(step);
        foreach (var verdict in (Verdict[])[Verdict.Allow, Verdict.Deny])
        {
            if (trials.Connection(verdict) is var (from, url))
                yield return new($"kubectl exec -it {from.Name} -n {from.Namespace} -- wget -qO- --timeout=2 {url}", verdict == Verdict.Allow ? "is let through" : "times out");
            if (trials.Lookup(verdict) is { } asking)
                yield return new($"kubectl exec -it {asking.Name} -n {asking.Namespace} -- nslookup kubernetes.default", verdict == Verdict.Allow ? "DNS answers" : "DNS times out");
        }

        if (step.Policies.Count > 0 && !scenario.IsRenamed)
            yield return new($"podwall lab run {scenario.Folder}", "tries every flow of this scenario with real packets, on your machine");
    }

    private static IEnumerable<PolicyId> PoliciesOf(GuideStep step) => step.State.Compiled.Snapshot.Policies.Select(p => p.Id);

    // Under other names it is not the shipped file that is meant.
    private static Command Apply(GuideScenario scenario, PolicyFile file, string does) => scenario.IsRenamed
        ? new($"kubectl apply -f {file.SavedAs}", $"{does}; download {file.Path} from this page first, with your names in it")
        : new($"kubectl apply -f {scenario.Folder}/{file.Path}", does);

    private static string Label(LabelChange change, Snapshot cluster)
    {
        var (what, labels) = change is LabelChange.OfPod(var id, _)
            ? ($"pod {id.Name} -n {id.Namespace}", cluster.Find(id)?.Labels)
            : ($"namespace {((LabelChange.OfNamespace)change).Name}", cluster.Find(((LabelChange.OfNamespace)change).Name)?.Labels);
        var edits = string.Join(' ', change.Edits.AsEnumerable().Select(e => e.Value is null ? $"{e.Key}-" : $"{e.Key}={e.Value}"));
        var replaces = change.Edits.AsEnumerable().Any(e => e.Value is not null && labels?[e.Key] is { } known && known != e.Value);
        return $"kubectl label {what} {edits}{(replaces ? " --overwrite" : "")}";
    }
}
