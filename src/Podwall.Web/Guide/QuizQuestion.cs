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
            if (step.Step.Expect.Where(e => e.Is == verdict && e.To is FlowEnd.OnePod && e.From is not FlowEnd.AllPods && e.Ports.Count > 0).Select(e => e).LastOrDefault() is not { } line)
                continue;
            var port = line.Ports[0];
            var flow = new Flow(EndOf(step, line.From), EndOf(step, line.To), port.Protocol, port.Port ?? 0);
            yield return new($"May {flow.From} reach {flow.To} on {port.Protocol.Name()}{(port.Port is { } number ? $" {number}" : "")}?", asking.Explain(flow, withRemedies: false));
        }
    }

    private static Endpoint EndOf(GuideStep step, FlowEnd end) => end switch
    {
        FlowEnd.OnePod(var id) => step.State.Compiled.At(id)!,
        FlowEnd.Outside(var address) => step.State.Compiled.At(address),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
