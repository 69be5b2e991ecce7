using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;

namespace Podwall.Web.Guide;

/// <summary>Connections that a reader can try in a step with what its pods have, and that end as the engine says.</summary>
internal sealed class Trials
{
    private readonly GuideStep step;
    private readonly Compiled compiled;
    // What a cluster's own DNS would get of the pods' questions, also where the scenario has none.
    private readonly Compiled withDns;
    private readonly Endpoint dns;

    public Trials(GuideStep step)
    {
        (this.step, compiled) = (step, step.State.Compiled);
        withDns = KubeDns.PodsOf(compiled.Snapshot).Any() ? compiled : compiled.Update(KubeDns.PutInto(compiled.Snapshot));
        dns = withDns.At(KubeDns.PodsOf(withDns.Snapshot).First());
    }

    /// <summary>A pod and the URL that it asks for; null where no pod can show this verdict. What the step speaks of comes first.</summary>
    public (PodId From, string Url)? Connection(Verdict verdict)
    {
        var spoken = step.Step.Expect.AsEnumerable().Where(e => e.Is == verdict).SelectMany(e => Between(PodsOf(e.From), PodsOf(e.To)).Where(f => e.Ports.AsEnumerable().Any(p => p.Traffic.Of(Protocol.Tcp).Contains(f.Port))));
        foreach (var (from, to, port) in spoken.Concat(Between(Pods, Pods)))
            // What hangs on an address that only the cluster gives is nothing to promise.
            if (compiled.Explain(new(compiled.At(from), compiled.At(to), Protocol.Tcp, port)) is { Assumed.Count: 0 } known && known.Verdict == verdict)
                return (from.Id, $"http://{TargetOf(from, to, port)}");
        return null;
    }

    /// <summary>A pod whose question to DNS comes to this verdict, in a scenario that has DNS pods; null where there is none. Those that a policy governs come first.</summary>
    public PodId? Lookup(Verdict verdict) => KubeDns.PodsOf(compiled.Snapshot).Any()
        ? Pods.OrderBy(p => compiled.At(p).IsolatedBy(Direction.Egress).Count == 0).FirstOrDefault(p => Resolves(p) == (verdict == Verdict.Allow))?.Id
        : null;

    // Where something listens: a connection that is let through to nobody is refused.
    private static IEnumerable<(Pod From, Pod To, ushort Port)> Between(IEnumerable<Pod> senders, IEnumerable<Pod> receivers) =>
        from sender in senders
        from receiver in receivers
        where sender.Id != receiver.Id
        from port in receiver.Ports.AsEnumerable()
        where port.Protocol == Protocol.Tcp
        select (sender, receiver, port.Number);

    // On a real cluster the DNS pods have other names, and no shell.
    private IEnumerable<Pod> Pods => compiled.Snapshot.Pods.Where(p => p.Namespace != KubeDns.Namespace);

    private IEnumerable<Pod> PodsOf(FlowEnd end) => end switch
    {
        FlowEnd.OnePod(var id) => Pods.Where(p => p.Id == id),
        FlowEnd.AllPods(var ns) => Pods.Where(p => p.Namespace == ns),
        _ => [],
    };

    private bool Resolves(Pod pod) => withDns.Decide(new(withDns.At(pod), dns, Protocol.Udp, 53)).IsAllowed;

    // A Service's name, if the sender can resolve it and it leads to this pod's port and to no other pod; else the pod's address.
    private string TargetOf(Pod from, Pod to, ushort port)
    {
        foreach (var service in Resolves(from) ? step.State.Manifests.Services.AsEnumerable().Where(s => s.Namespace == to.Namespace && !s.IsHeadless) : [])
            foreach (var offered in service.Ports.AsEnumerable().Where(p => p.Protocol == Protocol.Tcp))
                if (service.PodsIn(compiled.Snapshot).ToArray() is [var only] && only.Id == to.Id && offered.PortOf(only) == port)
                    return $"{service.Name}.{service.Namespace}:{offered.Port}";
        return $"$(kubectl get pod {to.Id.Name} -n {to.Namespace} -o jsonpath='{{.status.podIP}}'):{port}";
    }
}

/// <summary>The DNS of a cluster, as policies see it: pods of kube-system with the label that all installers give them.</summary>
internal static class KubeDns
{
    public const string Namespace = "kube-system";

    private static readonly Labels Labels = Labels.Of(("k8s-app", "kube-dns"));

    public static IEnumerable<Pod> PodsOf(Snapshot cluster) => cluster.Find(Namespace)?.Pods.Where(p => p.Labels["k8s-app"] == "kube-dns") ?? [];

    public static Snapshot PutInto(Snapshot cluster)
    {
        var block = cluster.Find(Namespace) ?? new(Namespace, Policy.Labels.None, [], []);
        return cluster.With(block.With(pods: block.Pods.Append(new(new(Namespace, "coredns"), Labels))));
    }
}
