using Podwall.Policy.Compiling;
using Podwall.Policy.Reaching;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Webhooks and aggregated APIs that the API server cannot reach.</summary>
internal sealed class ControlPlaneCut : LintRule
{
    public override string Id => "control-plane-cut";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "calls of the control plane to a webhook or an aggregated API are denied";

    public override string Explanation =>
        """
        The API server calls admission and conversion webhooks and aggregated APIs from its own address: a control plane node, or a place outside the
        cluster. No pod selector matches it. If the pods are isolated and let no such address in, the calls time out: objects can no longer be created,
        or kubectl top stops working.
        Found where a WebhookConfiguration, an APIService or a CustomResourceDefinition names a Service whose pods let no control plane node in or, where
        none is known, no outside address at all. Probes are no finding: the kubelet asks from the pod's own node, which may always reach it.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        var nodes = context.Snapshot.Nodes.Where(n => n.Labels["node-role.kubernetes.io/control-plane"] is not null || n.Labels["node-role.kubernetes.io/master"] is not null)
            .Where(n => n.Addresses.Count > 0).ToArray();
        foreach (var call in context.Facts.Calls.AsEnumerable())
            foreach (var id in call.Pods.AsEnumerable())
                if (context.Snapshot.Find(id) is { } pod && context.Compiled.GroupOf(pod) is { Ingress: { } side } group && Cut(context, nodes, pod, group, call.Port) is { } example)
                {
                    yield return Find(LintPlace.Of(side.Policies[0], "spec.ingress"), $"{call.What} is served by {pod.Workload}, and the API server may not reach it on {call.Port}") with
                    {
                        Matter = call.What,
                        Fix = "Let the control plane in: an ipBlock with its addresses, or a rule for this port without peers.",
                        Examples = [example],
                        Related = [call.Place, .. side.Policies.Skip(1).Select(p => LintPlace.Of(p))],
                    };
                    break;
                }
    }

    private static LintExample? Cut(LintContext context, Node[] nodes, Pod pod, LabelGroup group, PortMatch port)
    {
        var ports = NumbersOf(port, pod);
        if (ports.IsEmpty)
            return null;
        var call = Traffic.Of(port.Protocol, ports);
        if (nodes.Length == 0)
            return OutsideParts.Of(group, Direction.Ingress).Any(o => !o.Traffic.Intersect(call).IsNone) ? null
                : new("the API server", pod.Workload.ToString(), $"{port.Protocol.Name()} {ports}", Verdict.Deny);
        return nodes.Where(n => n.Name != pod.Node && context.Compiled.TrafficBetween(context.Compiled.At(n), context.Compiled.At(pod)).Intersect(call).IsNone)
            .Select(n => context.Example(Direction.Ingress, context.Compiled.At(pod), context.Compiled.At(n), call)).FirstOrDefault();
    }

    internal static PortSet NumbersOf(PortMatch port, Pod pod) => port switch
    {
        PortMatch.Named named => named.In(pod.Ports),
        PortMatch.Numbered(_, var range) => PortSet.Of(range),
        _ => PortSet.All,
    };
}
