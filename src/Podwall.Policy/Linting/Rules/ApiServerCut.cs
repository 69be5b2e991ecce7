using Podwall.Policy.Compiling;
using Podwall.Policy.Reaching;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Controllers that may not reach the API server.</summary>
internal sealed class ApiServerCut : LintRule
{
    public override string Id => "api-server-cut";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a pod with rights on the API may not reach the API server";

    public override string Explanation =>
        """
        A controller talks to the API server at the endpoints of kubernetes.default: the address of a control plane node, often port 6443, and never the
        Service's own address and 443, since policies judge the packet behind the Service. A policy that governs its egress must let that out.
        Found where a pod runs under a service account that some RoleBinding or ClusterRoleBinding names, its egress is isolated, and none of the known
        endpoints is allowed; where they are not known, as a note, if no outside address at all is allowed over TCP.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var workload in context.Facts.ApiClients.GroupBy(c => context.Snapshot.Find(c.Pod)?.Workload).Where(w => w.Key is not null))
        {
            var client = workload.First();
            var pod = context.Snapshot.Find(client.Pod)!;
            if (context.Compiled.GroupOf(pod) is not { Egress: { } side } group || !IsCut(context, pod, group))
                continue;
            var servers = context.Facts.ApiServer;
            yield return Find(LintPlace.Of(side.Policies[0], "spec.egress"), $"{pod.Workload} ({client.Why}) may not reach the API server{(servers.Count > 0 ? $" at {Wording.Few(servers.Select(s => $"{s.Address} port {s.Port}"))}" : "")}") with
            {
                Matter = pod.Workload.ToString(),
                Severity = servers.Count > 0 ? Severity : LintSeverity.Note,
                Fix = servers.Count > 0
                    ? $"Add an egress rule: to: [{string.Join(", ", servers.Select(s => $"{{ipBlock: {{cidr: {s.Address}/{s.Address.Family.Bits}}}}}"))}], ports: [{{port: {servers[0].Port}}}]."
                    : "Add an egress rule with the addresses and the port of its endpoints: kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes.",
                Examples = servers.Count > 0 && context.Example(Direction.Egress, context.Compiled.At(pod), context.Compiled.At(servers[0].Address), Traffic.Of(Protocol.Tcp, PortSet.Of(servers[0].Port))) is { } example
                    ? [example] : [new(pod.Workload.ToString(), "the API server", "TCP 6443", Verdict.Deny)],
                Related = side.Policies.Skip(1).Select(p => LintPlace.Of(p)).ToValueList(),
            };
        }
    }

    private static bool IsCut(LintContext context, Pod pod, LabelGroup group) => context.Facts.ApiServer.Count > 0
        ? context.Facts.ApiServer.All(s => !context.Compiled.TrafficBetween(context.Compiled.At(pod), context.Compiled.At(s.Address)).Contains(Protocol.Tcp, s.Port))
        : OutsideParts.Of(group, Direction.Egress).All(o => o.Traffic.Tcp.IsEmpty);
}
