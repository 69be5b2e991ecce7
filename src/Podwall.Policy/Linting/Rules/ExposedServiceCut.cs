using Podwall.Policy.Reaching;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Services for clients outside, whose pods do not let them in.</summary>
internal sealed class ExposedServiceCut : LintRule
{
    public override string Id => "exposed-service-cut";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a Service is there for clients outside, and its pods do not let them in, or see them as nodes";

    public override string Explanation =>
        """
        Clients of a LoadBalancer or NodePort Service come from outside the cluster, and no pod selector matches them. With
        externalTrafficPolicy: Cluster, which is the default, they come with the address of a node: a block with the clients' own addresses
        does not match them (or lets those through that pass the pod's own node, whoever they are).
        Found where isolated pods of such a Service let no outside address in on its ports; and where they let in some addresses only, the Service does
        not keep the source (externalTrafficPolicy: Local), and no known node lies among them.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var service in context.Facts.Exposed.AsEnumerable())
            foreach (var port in service.Ports.AsEnumerable())
                if (service.Pods.Select(p => Check(context, service, port, p)).FirstOrDefault(f => f is not null) is { } finding)
                {
                    yield return finding;
                    break;
                }
    }

    private LintFinding? Check(LintContext context, ExposedService service, PortMatch port, PodId id)
    {
        if (context.Snapshot.Find(id) is not { } pod || context.Compiled.GroupOf(pod) is not { Ingress: { } side } group || ControlPlaneCut.NumbersOf(port, pod) is not { IsEmpty: false } ports)
            return null;
        var call = Traffic.Of(port.Protocol, ports);
        var letIn = AddressSet.Of(OutsideParts.Of(group, Direction.Ingress).Where(o => !o.Traffic.Intersect(call).IsNone).SelectMany(o => o.Addresses.Ranges));
        var found = Find(LintPlace.Of(side.Policies[0], "spec.ingress"), "") with
        {
            Matter = $"{service.Place.Whole} {port}",
            Related = [service.Place, .. side.Policies.Skip(1).Select(p => LintPlace.Of(p))],
        };
        if (letIn.IsEmpty)
            return found with
            {
                Message = $"{service.Type} Service {service.Place.Namespace}/{service.Place.Name} sends outside clients to {pod.Workload}, which lets no address outside in on {port}",
                Fix = "Add an ingress rule for the port with the clients' addresses (ipBlock), or without peers; or make the Service a ClusterIP.",
                Examples = context.Example(Direction.Ingress, context.Compiled.At(pod), context.Compiled.At(Address.Parse("203.0.113.7")), call) is { } example ? [example] : [],
            };
        var isRestricted = IpFamily.Both.Any(f => letIn.Of(f) is { IsEmpty: false } some && !some.Equals(AddressSet.Of([f.Everything])));
        return service.KeepsSource || !isRestricted || context.Snapshot.Nodes.Any(n => n.Addresses.Any(letIn.Contains)) ? null : found with
        {
            Message = $"{service.Type} Service {service.Place.Namespace}/{service.Place.Name} brings clients to {pod.Workload} with the address of a node, so that the ipBlocks of its policies do not see who they are",
            Severity = LintSeverity.Note,
            Examples = context.ExampleThat(Verdict.Deny, Direction.Ingress, pod, context.Snapshot.Nodes.Select(n => context.Compiled.At(n)), call),
            Fix = "Set externalTrafficPolicy: Local on the Service, so that pods see the clients' own addresses.",
        };
    }
}
