using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class CorpusManifestTests
{
    public static TheoryData<string> ModelCases => [.. Corpus.Cases("np-guard", "np-guard-admin")];

    public static TheoryData<string> ValidationCases => [.. Corpus.Cases("spec-validation").Where(c => !c.Contains("/cnp-"))];

    public static TheoryData<string> Subsets => ["cyclonus", "k8s-e2e", "network-policy-api", "recipes", "spec-edge", "np-guard", "np-guard-admin"];

    [Theory, MemberData(nameof(ModelCases))]
    public void The_pods_equal_the_recorded_model(string id)
    {
        Corpus.Require();
        var manifests = Read($"{id}/manifests");
        // The recorded model keeps pods that have ended.
        var finished = manifests.FinishedPods.Select(p => p.ToString()).ToHashSet();
        var expected = Corpus.Expected(id).GetProperty("model").GetProperty("pods").EnumerateArray()
            .Where(p => !finished.Contains(p.GetProperty("id").GetString()!)).Select(Described).Order(StringComparer.Ordinal);
        var actual = manifests.Snapshot.Pods.Select(Described).Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
        AssertNoErrors(manifests);
    }

    [Theory, MemberData(nameof(ValidationCases))]
    public void A_policy_is_accepted_or_refused_as_the_case_says(string id)
    {
        Corpus.Require();
        Assert.Equal(Corpus.Expected(id).GetProperty("valid").GetBoolean(), !Read($"{id}/manifests").HasErrors);
    }

    [Theory]
    [InlineData("bad_netpols_subdir1", "invalid-object", "FieldValueInvalid", ".ipBlock.cidr")]
    [InlineData("bad_netpols_subdir3", "invalid-object", "FieldValueForbidden", "].from[0]")]
    [InlineData("bad_netpols_subdir4", "invalid-object", "FieldValueRequired", "].from[0]")]
    [InlineData("bad_netpols_subdir7", "invalid-object", "FieldValueInvalid", "matchLabels")]
    [InlineData("bad_path_namespace_with_same_name", "duplicate-object", "", "metadata.name")]
    [InlineData("np_bad_path_test_1", "duplicate-object", "", "metadata.name")]
    [InlineData("np_bad_path_test_2", "invalid-object", "FieldValueInvalid", ".endPort")]
    [InlineData("np_test_with_empty_port_range", "invalid-object", "FieldValueInvalid", ".endPort")]
    [InlineData("malformed-pod-example-4", "malformed-manifest", "", "")]
    [InlineData("malformed_pod_example", "invalid-object", "FieldValueTypeInvalid", "containerPort")]
    public void An_invalid_input_is_refused_at_the_right_field(string id, string code, string type, string field)
    {
        var manifests = Read($"np-guard-invalid/{id}/manifests");
        Assert.Contains(manifests.Diagnostics, d =>
            d.Severity == Severity.Error && d.Code == code && d.Type == type && d.Field.EndsWith(field) && d.Fix.Length > 0 && d.Position is { Line: > 0 });
    }

    [Theory]
    [InlineData("example_pods_w_same_owner_and_labels_gap_with_bad_match_expression")]
    [InlineData("example_w_err_pods_w_same_owner_and_labels_gap_anp")]
    public void Pods_of_one_owner_with_different_labels_are_ordinary_input(string id) => AssertNoErrors(Read($"np-guard-invalid/{id}/manifests"));

    [Theory, MemberData(nameof(Subsets))]
    public void Valid_manifests_read_without_errors(string subset)
    {
        var root = Corpus.Require();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, subset), "*.*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is not (".yaml" or ".yml") && !(file.EndsWith(".json") && file.Contains("manifests")))
                continue;
            var manifests = ManifestReader.Read([new ManifestSource(file, () => File.OpenRead(file))]);
            AssertNoErrors(manifests);
        }
    }

    // Some upstream policies have underscores in their names. No API server takes them; it does not touch what they say.
    private static void AssertNoErrors(Manifests manifests)
    {
        var errors = manifests.Diagnostics.Where(d => d.Severity == Severity.Error && !(d.Field == "metadata.name" && d.Subject!.Name.Contains('_'))).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    internal static Manifests Read(string folder, ReadingOptions? options = null) => ManifestReader.Read(
        Directory.EnumerateFiles(Path.Combine(Corpus.Require(), folder), "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml" or ".json")
            .Order(StringComparer.Ordinal)
            .Select(f => new ManifestSource(f, () => File.OpenRead(f))), options);

    private static string Described(JsonElement pod) => string.Join(' ',
        pod.GetProperty("id").GetString(),
        pod.GetProperty("workloadKind").GetString(),
        pod.GetProperty("workload").GetString(),
        Labels.Of(pod.GetProperty("labels").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!))),
        string.Join(',', pod.GetProperty("ports").EnumerateArray()
            .Select(p => $"{p.GetProperty("name").GetString()}:{p.GetProperty("port").GetInt32()}/{p.GetProperty("protocol").GetString()}")),
        pod.TryGetProperty("ips", out var ips) ? string.Join(',', ips.EnumerateArray().Select(i => i.GetString())) : "",
        pod.TryGetProperty("hostNetwork", out var host) && host.GetBoolean() ? "host" : "");

    private static string Described(Pod pod) => string.Join(' ',
        pod.Id, pod.Workload.Kind, pod.Workload, pod.Labels,
        string.Join(',', pod.Ports.Select(p => $"{p.Name}:{p.Number}/{p.Protocol.Name()}")),
        string.Join(',', pod.Addresses),
        pod.UsesHostNetwork ? "host" : "");
}
