using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>
/// A Deployment or StatefulSet that stamps out pods with the labels that real ones carry: most say nothing to any policy,
/// and some (<c>pod-template-hash</c>, <c>statefulset.kubernetes.io/pod-name</c>) would make every pod its own class.
/// </summary>
public sealed class PodTemplate
{
    private static readonly ValueList<ContainerPort> DeclaredPorts =
        [new(Protocol.Tcp, 8080, "http"), new(Protocol.Tcp, 9090, "metrics"), new(Protocol.Tcp, 8081, null)];

    private readonly string ns;
    private readonly string name;
    private readonly string hash;
    private readonly bool isStateful;
    private readonly Labels labels;
    private readonly WorkloadId workload;

    public PodTemplate(Random random, string ns, string name, bool isStateful, params (string Key, string Value)[] asked)
    {
        (this.ns, this.name, this.isStateful) = (ns, name, isStateful);
        hash = $"{random.Next(0x1000_0000, int.MaxValue):x8}";
        workload = new(ns, isStateful ? "StatefulSet" : "Deployment", name);
        labels = Labels.Of(
        [
            ("app.kubernetes.io/name", name), ("app.kubernetes.io/instance", $"{ns}-{name}"), ("app.kubernetes.io/version", $"1.{random.Next(40)}.{random.Next(10)}"),
            ("app.kubernetes.io/managed-by", "Helm"), ("helm.sh/chart", $"{name}-0.{random.Next(90)}.0"),
            (isStateful ? "controller-revision-hash" : "pod-template-hash", hash), .. asked,
        ]);
    }

    public Pod Stamp(int number, (string Node, Address Address) place)
    {
        var pod = isStateful ? $"{name}-{number}" : $"{name}-{hash}-{number:x5}";
        return new(new(ns, pod), isStateful ? labels.With("statefulset.kubernetes.io/pod-name", pod) : labels)
        {
            Workload = workload,
            Ports = DeclaredPorts,
            Addresses = [place.Address],
            Node = place.Node,
        };
    }
}
