using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Following;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>The trimming decoder and the manifest reader must see the same pod in the same JSON.</summary>
public sealed class PodDecoderTests
{
    [Fact]
    public void Reads_what_the_manifest_reader_reads() => Pods.Sample(
        pod =>
        {
            var json = pod.ToJsonString();
            var manifests = ManifestReader.Read(("pod.json", json));
            var expected = manifests.Snapshot.Pods.SingleOrDefault();
            var actual = new PodDecoder().Decode(Encoding.UTF8.GetBytes(json));
            Assert.Equal(expected, actual.Value);
            Assert.Equal("7", actual.ResourceVersion);
        },
        iter: Effort.Times(2_000), print: p => p.ToJsonString());

    [Fact]
    public void Shares_what_repeats()
    {
        PodDecoder decoder = new();
        var first = decoder.Decode(Json("one")).Value!;
        var second = decoder.Decode(Json("two")).Value!;
        Assert.Same(first.Labels, second.Labels);
        Assert.Same(first.Workload, second.Workload);
        Assert.Same(first.Namespace, second.Namespace);
        Assert.Same(first.Node, second.Node);

        static byte[] Json(string name) => Encoding.UTF8.GetBytes(
            $$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"apps","labels":{"app":"web"},"ownerReferences":[{"kind":"ReplicaSet","name":"web-1","controller":true}]},
             "spec":{"nodeName":"node-1"}}
            """);
    }

    [Fact]
    public void An_address_that_is_none_is_a_fault_of_the_pod_and_the_others_are_its()
    {
        var pod = new PodDecoder().Decode("""{"metadata":{"name":"web","namespace":"apps"},"status":{"podIP":"10.0.0.300","podIPs":[{"ip":"10.0.0.300"},{"ip":"fd00::1"}]}}"""u8.ToArray()).Value!;
        Assert.Equal("fd00::1", Assert.Single(pod.Addresses).ToString());
        Assert.Equal("'10.0.0.300' is no address", pod.Faults.Distinct().Single());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"name":"a","labels":3}}""")]
    [InlineData("""{"metadata":{"name":"a","labels":{"b":{}}}}""")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"containers":[1]}}""")]
    public void Refuses_what_is_no_pod(string json) =>
        Assert.ThrowsAny<Exception>(() => { _ = new PodDecoder().Decode(Encoding.UTF8.GetBytes(json)); });

    private static readonly Gen<string?> Word = OneOf("a", "web", "db", "x-1");

    private static readonly Gen<JsonNode?> Port =
        Gen.Select(Gen.Int[1, 65535], OneOf(null, "TCP", "UDP", "SCTP"), OneOf(null, "http", "dns"),
            (number, protocol, name) => (JsonNode?)Object(("containerPort", number), ("protocol", protocol), ("name", name)));

    private static readonly Gen<JsonNode?> Container =
        Gen.Select(Port.Array[0, 3], OneOf(null, "Always", "Never"),
            (ports, restart) => (JsonNode?)Object(("name", "c"), ("image", "i"), ("ports", ports.Length == 0 ? null : new JsonArray(ports)), ("restartPolicy", restart)));

    private static readonly Gen<JsonNode?> Owner =
        Gen.Select(OneOf("ReplicaSet", "Job", "Node", "Thing"), Word, Gen.Bool,
            (kind, name, controller) => (JsonNode?)Object(("apiVersion", "v1"), ("kind", kind), ("name", name), ("uid", "u"), ("controller", controller ? true : null)));

    private static readonly Gen<JsonNode?> Labels = Gen.Dictionary(Word.Select(w => w!), Word)[0, 3].Select(
        labels => labels.Count == 0 ? null : (JsonNode?)Object([.. labels.Select(l => (l.Key, (JsonNode?)l.Value))]));

    private static readonly Gen<JsonObject> Pods = Gen.Select(
        Gen.Select(Labels, Owner.Array[0, 2], Gen.Bool),
        Gen.Select(Container.Array[1, 2], Container.Array[0, 2], OneOf(null, "node-1"), Gen.Bool),
        Gen.Select(OneOf("Running", "Pending", "Succeeded", "Failed"), OneOf(null, "10.0.0.7"), OneOf("10.0.0.7", "fd00::7", "10.0.0.8").Array[0, 3]),
        (meta, spec, status) => Object(
            ("apiVersion", "v1"),
            ("kind", "Pod"),
            ("metadata", Object(("name", "p"), ("namespace", "apps"), ("resourceVersion", "7"), ("labels", meta.Item1),
                ("ownerReferences", meta.Item2.Length == 0 ? null : new JsonArray(meta.Item2)),
                ("deletionTimestamp", meta.Item3 ? "2026-01-01T00:00:00Z" : null),
                ("managedFields", new JsonArray(Object(("manager", "kubelet"), ("fieldsV1", Object(("f:status", new JsonObject())))))))),
            ("spec", Object(("initContainers", spec.Item2.Length == 0 ? null : new JsonArray(spec.Item2)), ("containers", new JsonArray(spec.Item1)),
                ("nodeName", spec.Item3), ("hostNetwork", spec.Item4 ? true : null))),
            ("status", Object(("phase", status.Item1), ("podIP", status.Item2),
                ("podIPs", status.Item3.Length == 0 ? null : new JsonArray([.. status.Item3.Select(ip => Object(("ip", ip)))]))))));

    private static Gen<string?> OneOf(params string?[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static JsonObject Object(params IEnumerable<(string Key, JsonNode? Value)> fields) =>
        new(fields.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value)));
}
