using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class WorkloadTests
{
    private const string Template = "template: {metadata: {labels: {app: web}}, spec: {hostNetwork: true, nodeName: n1, containers: [{ports: [{name: http, containerPort: 80}]}]}}";

    [Theory]
    [InlineData("apps/v1", "Deployment", "{" + Template + "}")]
    [InlineData("apps/v1", "StatefulSet", "{" + Template + "}")]
    [InlineData("apps/v1", "DaemonSet", "{" + Template + "}")]
    [InlineData("apps/v1", "ReplicaSet", "{" + Template + "}")]
    [InlineData("extensions/v1beta1", "Deployment", "{" + Template + "}")]
    [InlineData("v1", "ReplicationController", "{" + Template + "}")]
    [InlineData("batch/v1", "Job", "{" + Template + "}")]
    [InlineData("batch/v1", "CronJob", "{jobTemplate: {spec: {" + Template + "}}}")]
    public void A_workload_stands_for_the_pods_of_its_template(string version, string kind, string spec)
    {
        var pod = Reading.Of($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: w}}\nspec: {spec}\n").OnlyPod();
        Assert.Equal(new PodId("default", "w"), pod.Id);
        Assert.Equal(new WorkloadId("default", kind, "w"), pod.Workload);
        Assert.Equal(Labels.Of(("app", "web")), pod.Labels);
        Assert.Equal([new ContainerPort(Protocol.Tcp, 80, "http")], pod.Ports);
        Assert.Equal((true, "n1"), (pod.UsesHostNetwork, pod.Node));
    }

    [Fact]
    public void A_live_pod_belongs_to_the_top_of_its_owners_and_stands_for_them_all()
    {
        var manifests = Reading.Of(Deployment("web") + Owned("ReplicaSet", "apps/v1", "web-1", "Deployment", "web") + Owned("Pod", "v1", "web-1-x", "ReplicaSet", "web-1"));
        var pod = manifests.OnlyPod();
        Assert.Equal(new PodId("default", "web-1-x"), pod.Id);
        Assert.Equal(new WorkloadId("default", "Deployment", "web"), pod.Workload);
    }

    [Fact]
    public void An_owner_that_is_not_in_the_input_still_names_the_workload() =>
        Assert.Equal(new WorkloadId("default", "ReplicaSet", "web-1"), Reading.Of(Owned("Pod", "v1", "web-1-x", "ReplicaSet", "web-1")).OnlyPod().Workload);

    [Fact]
    public void An_owned_workload_is_represented_by_its_owner() =>
        Assert.Equal("web", Reading.Of(Deployment("web") + Owned("ReplicaSet", "apps/v1", "web-1", "Deployment", "web")).OnlyPod().Id.Name);

    [Fact]
    public void The_controller_is_the_owner_among_several() => Assert.Equal("b", Reading.Of(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, ownerReferences: [{kind: X, name: a}, {kind: Y, name: b, controller: true}]}\n").OnlyPod().Workload.Name);

    [Fact]
    public void A_static_pod_is_its_own_workload() =>
        Assert.Equal(new WorkloadId("default", "Pod", "p"), Reading.Of(Owned("Pod", "v1", "p", "Node", "n")).OnlyPod().Workload);

    [Fact]
    public void An_owner_without_a_kind_is_a_pod() =>
        Assert.Equal(new WorkloadId("default", "Pod", "o"), Reading.Of("apiVersion: v1\nkind: Pod\nmetadata: {name: p, ownerReferences: [{name: o}]}\n").OnlyPod().Workload);

    [Fact]
    public void Owners_in_a_circle_end() => Assert.Equal(2, Reading.Of(
        Owned("Pod", "v1", "a", "Pod", "b") + Owned("Pod", "v1", "b", "Pod", "a")).Snapshot.Pods.Count());

    [Theory]
    [InlineData("replicas: 0, ", "status: {observedGeneration: 3}", 0)]
    [InlineData("replicas: 0, ", "status: {}", 1)]
    [InlineData("replicas: 0, ", "", 1)]
    [InlineData("replicas: 2, ", "status: {replicas: 2}", 1)]
    public void Only_a_live_workload_that_is_scaled_to_zero_stands_for_nothing(string replicas, string status, int pods) => Assert.Equal(pods,
        Reading.Of($"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w}}\nspec: {{{replicas}{Template}}}\n{status}\n").Snapshot.Pods.Count());

    [Fact]
    public void Two_kinds_of_one_name_both_stay()
    {
        var manifests = Reading.Of(Deployment("web") + Deployment("web").Replace("Deployment", "StatefulSet") + "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n");
        Assert.Equal(["deployment/web", "statefulset/web", "web"], manifests.Snapshot.Pods.Select(p => p.Id.Name));
        Assert.NotNull(manifests.Sources.Of(new PodId("default", "deployment/web")));
    }

    [Fact]
    public void Pods_are_read_with_all_that_matters()
    {
        var pod = Reading.Of("""
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: apps, labels: {a: ''}, deletionTimestamp: "2026-01-01T00:00:00Z"}
            spec:
              nodeName: n1
              initContainers:
              - {name: once, ports: [{name: no, containerPort: 1}]}
              - {name: sidecar, restartPolicy: Always, ports: [{name: side, containerPort: 2, protocol: UDP}]}
              ephemeralContainers:
              - {name: debug, ports: [{name: dbg, containerPort: 3}]}
              containers:
              - {name: main, ports: [{containerPort: 4, protocol: SCTP}]}
            status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}, {ip: 10.0.0.2}]}
            """).OnlyPod();
        Assert.Equal("", pod.Labels["a"]);
        Assert.True(pod.IsTerminating);
        Assert.Equal("n1", pod.Node);
        Assert.Equal([new(Protocol.Sctp, 4, null), new(Protocol.Udp, 2, "side")], pod.Ports);
        Assert.Equal([Address.Parse("10.0.0.1"), Address.Parse("fd00::1")], pod.Addresses);
    }

    [Theory]
    [InlineData("Succeeded", true)]
    [InlineData("Failed", true)]
    [InlineData("Pending", false)]
    public void A_pod_that_has_ended_is_neither_subject_nor_peer(string phase, bool isFinished)
    {
        var manifests = Reading.Of($"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nstatus: {{phase: {phase}}}\n");
        Assert.Equal(isFinished ? ["default/p"] : [], manifests.FinishedPods.Select(p => p.ToString()));
        Assert.Equal(isFinished ? 0 : 1, manifests.Snapshot.Pods.Count());
    }

    [Fact]
    public void A_finished_pod_of_a_job_speaks_for_the_job() => Assert.Empty(Reading.Of(
        $"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec: {{{Template}}}\n---\n" + Owned("Pod", "v1", "j-x", "Job", "j") + "status: {phase: Succeeded}\n").Snapshot.Pods);

    [Fact]
    public void Nodes_and_services_are_read()
    {
        var manifests = Reading.Of("""
            apiVersion: v1
            kind: Node
            metadata: {name: n, namespace: ignored, labels: {zone: a}}
            spec: {podCIDR: 10.1.0.0/24, podCIDRs: [10.1.0.0/24, 'fd00:1::/64']}
            status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: Hostname, address: n}, {type: ExternalIP, address: 1.2.3.4}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: apps}
            spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]}
            """);
        var node = Assert.Single(manifests.Snapshot.Nodes);
        Assert.Equal(("n", "zone=a", "[192.168.0.1, 1.2.3.4]", "[10.1.0.0/24, fd00:1::/64]"), (node.Name, node.Labels.ToString(), node.Addresses.ToString(), node.PodCidrs.ToString()));
        var service = Assert.Single(manifests.Services);
        Assert.Equal(Labels.Of(("app", "web")), service.Selector);
        Assert.Equal([new(null, Protocol.Tcp, 80, new(0, "http")), new("dns", Protocol.Udp, 53, new(53, null))], service.Ports);
        Assert.Equal("[10.96.0.1]", service.ClusterIps.ToString());
    }

    private static string Deployment(string name) => $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec: {{{Template}}}\n---\n";

    private static string Owned(string kind, string version, string name, string ownerKind, string owner) =>
        $"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, ownerReferences: [{{kind: {ownerKind}, name: {owner}, controller: true}}]}}\n";
}
