using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>A command line, and what it does or shows.</summary>
public sealed record Command(string Line, string Does);

/// <summary>The commands that go with a step of a scenario.</summary>
public static class Commands
{
    public static IEnumerable<Command> ToApply(GuideScenario scenario, GuideStep step)
    {
        foreach (var change in step.Step.Labels.AsEnumerable())
            yield return new(Label(change), "sets the labels that selectors ask for");
        foreach (var policy in step.Policies)
            yield return new($"kubectl apply -f {scenario.Folder}/{policy.Path}", "puts the policy in force");
    }

    /// <summary>Something that is let through and something that is not, as far as pods and TCP can show it.</summary>
    public static IEnumerable<Command> ToVerify(GuideScenario scenario, GuideStep step)
    {
        foreach (var policy in step.State.Compiled.Snapshot.Policies.Take(1))
            yield return new($"kubectl describe networkpolicy {policy.Id.Name} -n {policy.Id.Namespace}", "what the API server understood");
        foreach (var verdict in (Verdict[])[Verdict.Allow, Verdict.Deny])
        {
            // What the policy changed says more than what was always so.
            var lines = step.Step.Expect.Where(e => e.Is == verdict && e is { From: FlowEnd.OnePod, To: FlowEnd.OnePod } && e.Ports.Any(p => p.Protocol == Protocol.Tcp)).ToArray();
            if (lines.Length == 0)
                continue;
            var line = lines[0];
            var (from, to) = (((FlowEnd.OnePod)line.From).Id, ((FlowEnd.OnePod)line.To).Id);
            var port = line.Ports.First(p => p.Protocol == Protocol.Tcp).Port;
            yield return new($"kubectl exec -it {from.Name} -n {from.Namespace} -- wget -qO- --timeout=2 http://{Target(step, to, port)}:{port}",
                verdict == Verdict.Allow ? "is let through" : "times out");
        }

        if (step.Policies.Count > 0)
            yield return new($"podwall lab run {scenario.Folder}", "tries every flow of this scenario with real packets, on your machine");
    }

    // A Service gives a name that works from everywhere; a bare pod is asked by its address.
    private static string Target(GuideStep step, PodId pod, ushort? port) =>
        step.State.Compiled.Snapshot.Find(pod) is { } found
            && step.State.Manifests.Services.FirstOrDefault(s => s.Namespace == pod.Namespace && s.Selector is { } wanted && wanted.All(l => found.Labels[l.Key] == l.Value) && s.Ports.Any(p => p.Port == port)) is { } service
            ? $"{service.Name}.{service.Namespace}"
            : $"$(kubectl get pod {pod.Name} -n {pod.Namespace} -o jsonpath='{{.status.podIP}}')";

    private static string Label(LabelChange change)
    {
        var edits = string.Join(' ', change.Edits.AsEnumerable().Select(e => e.Value is null ? $"{e.Key}-" : $"{e.Key}={e.Value}"));
        return change is LabelChange.OfPod(var id, _)
            ? $"kubectl label pod {id.Name} -n {id.Namespace} {edits} --overwrite"
            : $"kubectl label namespace {((LabelChange.OfNamespace)change).Name} {edits}{(change.Edits.AsEnumerable().Any(e => e.Value is not null) ? " --overwrite" : "")}";
    }
}
