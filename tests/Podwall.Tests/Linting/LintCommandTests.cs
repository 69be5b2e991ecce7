using System.Text.Json;
using System.Xml.Linq;
using Podwall.Cli.Linting;
using Podwall.Kubernetes.Editing;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Policy.Linting;
using Podwall.Tests.Cli;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Linting;

/// <summary>The command as a user runs it: mending, ignoring, baselines, formats, and what is wrong with how it was told.</summary>
public sealed class LintCommandTests : IDisposable
{
    private const string Messy =
        """
        # The office may come in.
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: office
          namespace: apps
          uid: 12ab   # copied
        spec:
          podSelector: {}   # everyone

          ingress:
          # The whole office.
          - from:
            - ipBlock:
                cidr: "10.1.2.3/16"  # host bits
                except: [10.1.3.0/24, 10.1.3.7/32]
          # Again a part of it.
          - from:
            - ipBlock: {cidr: 010.001.004.000/24}
            ports:
            - port: 80
            - {port: 80}
        status: {}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("podwall-lint").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(string name) => Path.Combine(folder, name);

    private string Put(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    [Fact]
    public async Task Fix_mends_what_changes_no_flow_and_keeps_comments_and_layout()
    {
        var file = Put("p.yaml", Messy);
        var dry = await CliRun.Of("lint", "-f", file, "--fix", "--dry-run");
        Assert.Equal(0, dry.Code);
        Assert.StartsWith($"--- a/{file}\n+++ b/{file}\n@@ -", dry.Out, StringComparison.Ordinal);
        Assert.Equal(Messy, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        var run = await CliRun.Of("lint", "-f", file, "--fix");
        Assert.Contains("mended in 1 file; no flow changes", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            """
            # The office may come in.
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: office
              namespace: apps
            spec:
              podSelector: {}   # everyone
              policyTypes: [Ingress]

              ingress:
              # The whole office.
              - from:
                - ipBlock:
                    cidr: "10.1.0.0/16"  # host bits
                    except: [10.1.3.0/24]
              # Again a part of it.

            """, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), ignoreLineEndingDifferences: true);
        Assert.Empty(Directory.EnumerateFiles(folder, ".*"));
        var again = await CliRun.Of("lint", "-f", file, "--fix");
        Assert.Contains("nothing to mend", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patch_is_what_patch_takes()
    {
        TextPatch patch = new("f", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", [new(2, 4, ""), new(16, 17, "I"), new(0, 0, "new\n")]);
        Assert.Equal("new\na\nc\nd\ne\nf\ng\nh\nI\nj\n", patch.After);
        Assert.Equal(["--- a/f", "+++ b/f", "@@ -1,10 +1,10 @@", "+new", " a", "-b", " c", " d", " e", " f", " g", " h", "-i", "+I", " j"], patch.Unified());
    }

    [Theory]
    [InlineData("""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"apps","uid":"1"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.1/8"}}]}]}}""",
        """{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"apps"},"spec":{"podSelector":{}, "policyTypes": ["Ingress"],"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}]}}""")]
    [InlineData("kind: NetworkPolicy\r\napiVersion: networking.k8s.io/v1\r\nmetadata: {name: p, namespace: apps}\r\nspec:\r\n  podSelector: {}\r\n", "kind: NetworkPolicy\r\napiVersion: networking.k8s.io/v1\r\nmetadata: {name: p, namespace: apps}\r\nspec:\r\n  podSelector: {}\r\n  policyTypes: [Ingress]\r\n")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n- kind: NetworkPolicy\n  apiVersion: networking.k8s.io/v1\n  metadata: {name: p, namespace: apps, uid: 1a}\n  spec: {podSelector: {}}", "apiVersion: v1\nkind: List\nitems:\n- kind: NetworkPolicy\n  apiVersion: networking.k8s.io/v1\n  metadata: {name: p, namespace: apps}\n  spec: {podSelector: {}, policyTypes: [Ingress]}")]
    public async Task Other_forms_are_mended_in_their_own_style(string before, string after)
    {
        var file = Put("p.yaml", before);
        await CliRun.Of("lint", "-f", file, "--fix");
        Assert.Equal(after, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_comment_or_an_annotation_ignores_with_a_reason()
    {
        const string spec = "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}";
        var above = Put("a.yaml", "# podwall: ignore host-bits: as the network team writes it\n" + RuleCases.Policy("a", spec));
        var behind = Put("b.yaml", RuleCases.Policy("b", spec).TrimEnd() + " # podwall: ignore host-bits: see above\n");
        var annotated = Put("c.yaml", RuleCases.Policy("c\n  annotations: {podwall.dev/lint-ignore: \"host-bits: so\"}", spec));
        var run = await CliRun.Of("lint", "-f", folder, "--only", "host-bits", "-o", "json");
        Assert.Equal((0, ""), (run.Code, Unplaced(run.Error)));
        var findings = JsonDocument.Parse(run.Out).RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("ignored").GetString());
        Assert.Equal(["as the network team writes it", "see above", "so"], findings);

        var unreasoned = await File.ReadAllTextAsync(Put("a.yaml", "# podwall: ignore host-bits\n" + RuleCases.Policy("a", spec)), TestContext.Current.CancellationToken);
        Put("b.yaml", "# podwall: ignore host-bit: why\n" + RuleCases.Policy("b", spec));
        var broken = await CliRun.Of("lint", "-f", folder);
        Assert.Equal((2, ""), (broken.Code, broken.Out));
        Assert.Contains($"{above}:1:1", broken.Error, StringComparison.Ordinal);
        Assert.Contains("no reason is given for ignoring host-bits", broken.Error, StringComparison.Ordinal);
        Assert.Contains("Write host-bits.", broken.Error, StringComparison.Ordinal);
        // What nobody can read is not guessed: nothing is mended either, not even in files beside it.
        Put("d.yaml", RuleCases.Policy("d", spec));
        var unmended = await CliRun.Of("lint", "-f", folder, "--fix");
        Assert.Equal((2, ""), (unmended.Code, unmended.Out));
        Assert.Equal((unreasoned, RuleCases.Policy("d", spec)), (await File.ReadAllTextAsync(above, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(At("d.yaml"), TestContext.Current.CancellationToken)));
        Assert.NotNull(behind);
        Assert.NotNull(annotated);
    }

    [Fact]
    public void Where_one_file_cannot_be_replaced_those_before_it_are_put_back()
    {
        var (first, fresh) = (Put("first.yaml", "old"), At("fresh.yaml"));
        // Nothing takes the place of a directory.
        Directory.CreateDirectory(At("third.yaml"));
        var failure = FileReplacement.Write([(first, "new"u8.ToArray()), (fresh, "new"u8.ToArray()), (At("third.yaml"), "new"u8.ToArray())]);
        Assert.EndsWith(" Nothing was written.", failure, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(first));
        Assert.Equal(["first.yaml", "third.yaml"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Null(FileReplacement.Write([(first, "new"u8.ToArray()), (fresh, "new"u8.ToArray())]));
        Assert.Equal(("new", "new"), (File.ReadAllText(first), File.ReadAllText(fresh)));
        Assert.Equal(3, Directory.EnumerateFileSystemEntries(folder).Count());
    }

    [Fact]
    public async Task A_baseline_leaves_what_is_new()
    {
        var file = Put("p.yaml", RuleCases.Policy("a", "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}"));
        Assert.Equal(1, (await CliRun.Of("lint", "-f", file)).Code);
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--write-baseline", At("base.json"))).Code);
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--baseline", At("base.json"))).Code);
        // Lines and rules before it do not make it new; a second of its kind is.
        Put("p.yaml", "# moved\n" + RuleCases.Policy("a", "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 1}]}, {from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}"));
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--baseline", At("base.json"))).Code);
        Put("p.yaml", RuleCases.Policy("a", "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}, {from: [{ipBlock: {cidr: 10.0.0.1/8}}], ports: [{port: 1}]}]}"));
        Assert.Equal(1, (await CliRun.Of("lint", "-f", file, "--baseline", At("base.json"), "--only", "host-bits")).Code);
        Assert.Equal(2, (await CliRun.Of("lint", "-f", file, "--baseline", Put("bad.json", "{}"))).Code);
    }

    [Fact]
    public async Task A_configuration_decides_what_counts_and_all_its_mistakes_are_named_at_once()
    {
        var file = Put("p.yaml", RuleCases.Policy("a", "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}"));
        const string head = "apiVersion: podwall.dev/v1\nkind: LintConfiguration\n";
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--config", Put("off.yaml", head + "rules: {host-bits: off}\n"))).Code);
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--config", Put("note.yaml", head + "rules: {host-bits: note}\n"))).Code);
        Assert.Equal(1, (await CliRun.Of("lint", "-f", file, "--config", Put("note.yaml", head + "failOn: note\nrules: {host-bits: note}\n"))).Code);
        Assert.Equal(0, (await CliRun.Of("lint", "-f", file, "--config", Put("in.yaml", head + "ignore:\n- {rule: host-bits, in: apps/*, reason: old}\n"))).Code);
        // What only reads otherwise elsewhere is said, and stops nothing.
        var warned = await CliRun.Of("lint", "-f", file, "--config", Put("off.yaml", head + "ignore:\n- {rule: host-bits, reason: y}\n"));
        Assert.Equal(0, warned.Code);
        Assert.Contains("an unquoted y is a boolean", warned.Error, StringComparison.Ordinal);
        var broken = await CliRun.Of("lint", "-f", file, "--config", Put("bad.yaml", head + "failOn: soon\nrules: {host-bit: error}\nignore:\n- {in: apps/*}\nmore: 1\n"));
        Assert.Equal(2, broken.Code);
        foreach (var said in (string[])["bad.yaml:3", "bad.yaml:4", "Write host-bits.", "Say why it may be ignored.", "bad.yaml:7"])
            Assert.Contains(said, broken.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only", "no-such-rule")]
    [InlineData("--explain", "egress-without-dsn")]
    [InlineData("--dry-run")]
    [InlineData("--live")]
    [InlineData("--fix")]
    public async Task Wrong_usage_says_so(params string[] arguments)
    {
        var run = await CliRun.Of(["lint", .. arguments]);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task Every_rule_can_be_explained()
    {
        var list = await CliRun.Of("lint", "--explain", "all");
        Assert.Equal(LintRules.All.Select(r => r.Id), list.Lines.Select(l => l.Split(' ')[0]));
        foreach (var rule in LintRules.All.AsEnumerable())
            Assert.StartsWith($"{rule.Id}   ", (await CliRun.Of("lint", "--explain", rule.Id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_formats_of_other_programs_hold_every_finding()
    {
        var file = Put("p.yaml", Messy);
        var json = JsonDocument.Parse((await CliRun.Of("lint", "-f", file, "-o", "json")).Out).RootElement.GetProperty("findings");
        var sarif = JsonDocument.Parse((await CliRun.Of("lint", "-f", file, "-o", "sarif")).Out).RootElement;
        var results = sarif.GetProperty("runs")[0].GetProperty("results");
        Assert.Equal("2.1.0", sarif.GetProperty("version").GetString());
        Assert.Equal(json.EnumerateArray().Select(f => f.GetProperty("rule").GetString()), results.EnumerateArray().Select(r => r.GetProperty("ruleId").GetString()));
        Assert.All(results.EnumerateArray(), r => Assert.True(r.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32() > 0));
        var rules = sarif.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.All(results.EnumerateArray(), r => Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));

        var junit = XDocument.Parse((await CliRun.Of("lint", "-f", file, "-o", "junit")).Out).Root!.Element("testsuite")!;
        Assert.Equal(json.EnumerateArray().Count(f => f.GetProperty("severity").GetString() != "note"), junit.Descendants("failure").Count());
        Assert.Equal(junit.Attribute("tests")!.Value, $"{junit.Elements("testcase").Count()}");
        var markdown = (await CliRun.Of("lint", "-f", file, "-o", "markdown")).Lines;
        Assert.Equal(json.GetArrayLength(), markdown.Count(l => l.StartsWith("- **", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_are_held_against_what_a_live_cluster_has_stored()
    {
        await using var server = await ApiServer.StartAsync(new() { Store = new ObjectStore() }, TestContext.Current.CancellationToken);
        await server.WriteKubeconfigAsync(At("kubeconfig"), TestContext.Current.CancellationToken);
        var first = Put("p.yaml", RuleCases.Policy("grown", "{podSelector: {}, ingress: [{}]}"));
        await Apply(server, "apps", first);
        Put("p.yaml", RuleCases.Policy("grown", "{podSelector: {}, ingress: [{}], egress: [{ports: [{port: 443}]}]}"));
        var run = await CliRun.Of("lint", "-f", first, "--live", "--kubeconfig", At("kubeconfig"), "-o", "jsonl");
        Assert.Contains(run.Lines, l => l.Contains("\"stored-policy-types\"", StringComparison.Ordinal));
        Assert.Contains(run.Lines, l => l.Contains("\"direction-forgotten\"", StringComparison.Ordinal));
        Assert.Contains(run.Lines, l => l.Contains("\"no-enforcer\"", StringComparison.Ordinal));
        var alone = await CliRun.Of("lint", "--kubeconfig", At("kubeconfig"), "-o", "jsonl");
        Assert.DoesNotContain(alone.Lines, l => l.Contains("\"stored-policy-types\"", StringComparison.Ordinal));
        Assert.Equal("", alone.Error);
    }

    [Fact]
    public async Task A_controller_that_is_cut_from_the_API_server_of_a_live_cluster_is_found()
    {
        await using var server = await ApiServer.StartAsync(new() { Store = new ObjectStore() }, TestContext.Current.CancellationToken);
        await server.WriteKubeconfigAsync(At("kubeconfig"), TestContext.Current.CancellationToken);
        await Apply(server, "apps", Put("p.yaml", RuleCases.Policy("tight", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}")));
        using HttpClient client = server.Client();
        await PostAsync(client, "/api/v1/namespaces/apps/serviceaccounts", "{metadata: {name: controller}}");
        await PostAsync(client, "/api/v1/namespaces/apps/pods", "{metadata: {name: controller}, spec: {serviceAccountName: controller, containers: [{name: main, image: any}]}}");
        await PostAsync(client, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            "{metadata: {name: controls}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}, subjects: [{kind: ServiceAccount, name: controller, namespace: apps}]}");
        // As the API server of a cluster keeps them; those of another Service are none of its business.
        await PostAsync(client, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            "{metadata: {name: kubernetes, labels: {kubernetes.io/service-name: kubernetes}}, addressType: IPv4, endpoints: [{addresses: [192.0.2.10]}], ports: [{name: https, port: 6443, protocol: TCP}]}");
        await PostAsync(client, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            "{metadata: {name: shop-x, labels: {kubernetes.io/service-name: shop}}, addressType: IPv4, endpoints: [{addresses: [10.244.3.3]}], ports: [{name: http, port: 80, protocol: TCP}]}");
        var run = await CliRun.Of("lint", "--kubeconfig", At("kubeconfig"), "--only", "api-server-cut", "-o", "jsonl");
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("apps/controller", Assert.Single(run.Lines), StringComparison.Ordinal);
        Assert.Contains("ClusterRoleBinding controls) may not reach the API server at 192.0.2.10 port 6443\"", run.Out, StringComparison.Ordinal);
        await PostAsync(client, "/apis/networking.k8s.io/v1/namespaces/apps/networkpolicies", "{metadata: {name: open}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}}");
        Assert.Equal("", (await CliRun.Of("lint", "--kubeconfig", At("kubeconfig"), "--only", "api-server-cut", "-o", "jsonl")).Out);
    }

    private static async Task PostAsync(HttpClient client, string path, string yaml)
    {
        using StringContent content = new(yaml, null, "application/yaml");
        var answer = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task Apply(ApiServer server, string ns, string file)
    {
        using HttpClient client = server.Client();
        using StringContent space = new($"{{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{{\"name\":\"{ns}\"}}}}", null, "application/json");
        (await client.PostAsync("/api/v1/namespaces", space)).EnsureSuccessStatusCode();
        using StringContent policy = new(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), null, "application/yaml");
        (await client.PostAsync($"/apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies", policy)).EnsureSuccessStatusCode();
    }

    // The namespace of these files is declared nowhere, which is another matter.
    private static string Unplaced(string error) => string.Join('\n', error.Split('\n').Where(l => l.Length > 0 && !l.Contains("Namespace apps", StringComparison.Ordinal) && !l.Contains("no object declares", StringComparison.Ordinal) && !l.Contains("Add the Namespace object", StringComparison.Ordinal)));
}
