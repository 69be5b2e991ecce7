using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>A question about a step, and the engine's answer.</summary>
public sealed record QuizQuestion(string Text, Answer Answer)
{
    /// <summary>The last flow that is let through and the last one that is not: the ones that the scenario ends with.</summary>
    public static IEnumerable<QuizQuestion> Of(GuideStep step)
    {
        Asking asking = new(step.State.Manifests, step.State.Compiled);
        foreach (var verdict in (Verdict[])[Verdict.Deny, Verdict.Allow])
        {
            // A line about two pods asks more plainly than one about a whole namespace.
            var lines = step.Step.Expect.Where(e => e.Is == verdict && e.Ports.Count > 0 && (e.From, e.To) is not (FlowEnd.Outside, FlowEnd.Outside)).ToArray();
            if ((lines.LastOrDefault(e => e is { From: FlowEnd.OnePod, To: FlowEnd.OnePod }) ?? lines.LastOrDefault()) is not { } line)
                continue;
            var port = line.Ports[0];
            var to = EndOf(step, line.To, null);
            var flow = new Flow(EndOf(step, line.From, to), to, port.Protocol, port.Port ?? 0);
            yield return new($"May {flow.From} reach {flow.To} on {port.Protocol.Name()}{(port.Port is { } number ? $" {number}" : "")}?", asking.Explain(flow, withRemedies: false));
        }
    }

    private static Endpoint EndOf(GuideStep step, FlowEnd end, Endpoint? other) => end switch
    {
        FlowEnd.AllPods(var ns) => step.State.Compiled.At(step.State.Compiled.Snapshot.Find(ns)!.Pods.First(p => p.Id != other?.Pod?.Id)),
        FlowEnd.OnePod(var id) => step.State.Compiled.At(id)!,
        FlowEnd.Outside(var address) => step.State.Compiled.At(address),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
