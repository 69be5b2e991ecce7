using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;
using static Podwall.Tests.Linting.RuleCases;

namespace Podwall.Tests.Linting;

/// <summary>Each rule on a manifest that has the mistake, on one that has it not, and on one that comes near.</summary>
public sealed class RuleTests
{
    [Theory, MemberData(nameof(Cases), MemberType = typeof(RuleCases))]
    public void A_mistake_is_found_where_it_is_and_nowhere_else(string rule, string specs, string? field)
    {
        var found = Lint.Find(rule, Policies(specs) + Cluster);
        if (field is null)
        {
            Assert.Empty(found.Select(f => $"{f.Finding}"));
            return;
        }

        var finding = Assert.Single(found);
        Assert.Equal(("NetworkPolicy", "apps", field), (finding.Finding.Place.Kind, finding.Finding.Place.Namespace, finding.Finding.Place.Field));
        Assert.True(finding.Position is { Line: > 0 });
        Assert.NotEmpty(finding.Finding.Message);
    }

    [Theory, MemberData(nameof(CasesElsewhere), MemberType = typeof(RuleCases))]
    public void What_more_than_one_policy_shows_is_found_where_it_is_and_nowhere_else(string rule, string files, string live, string places)
    {
        var read = ManifestReader.Read([("f.yaml", files)]);
        var report = Linter.Run(live.Length > 0 ? LiveOverlay.Of(read, ManifestReader.Read([("live.yaml", live)])) : read);
        Assert.Equal(places, string.Join(", ", report.Counting.Where(f => f.Finding.Rule == rule).Select(f => $"{f.Finding.Place}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_rule_has_cases_in_which_it_finds_something_and_others_without_the_mistake_and_near_it()
    {
        var shown = Cases.Select(c => (Rule: c.Data.Item1, IsFound: c.Data.Item3 is not null)).Concat(CasesElsewhere.Select(c => (Rule: c.Data.Item1, IsFound: c.Data.Item4.Length > 0))).ToArray();
        Assert.All(shown.GroupBy(c => c.Rule), c => Assert.True(c.Any(x => x.IsFound) && c.Count(x => !x.IsFound) >= 2, c.Key));
        Assert.Equal(LintRules.All.Select(r => r.Id).Order(StringComparer.Ordinal), shown.Select(c => c.Rule).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A rule, policies, and the flow that shows what it means.</summary>
    [Theory]
    [InlineData("peer-matches-nothing", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}], ports: [{port: 80}]}]}", "data/worker -> apps/api  TCP 80: denied")]
    [InlineData("port-name-unknown", "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: htpp}]}]}", "data/notebook -> apps/web  TCP 80: denied")]
    [InlineData("port-name-unknown", "{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: dns}]}]}", "data/notebook -> apps/api  UDP 53: denied")]
    [InlineData("port-name-unknown", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: http}]}]}", "apps/api -> apps/web  TCP 80: denied")]
    [InlineData("pod-without-policy", "{podSelector: {matchLabels: {app: web}}}", "data/notebook -> apps/api  TCP 443: allowed")]
    [InlineData("no-default-deny", "{podSelector: {matchLabels: {app: web}}}", "data/notebook -> apps/api  TCP 443: allowed")]
    [InlineData("no-default-deny", "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}", "")]
    [InlineData("dns-without-tcp", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}]}]}", "apps/api -> kube-system/coredns  TCP 53: denied")]
    [InlineData("overlapping-rules", "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]};{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 81}, {port: 82}]}]}", "apps/web -> apps/api  TCP 81: allowed")]
    [InlineData("redundant-rule", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]}", "apps/web -> apps/api  TCP 80: allowed")]
    [InlineData("redundant-rule", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: web}}}]}]}", "apps/web -> apps/api  TCP 443: allowed")]
    [InlineData("redundant-rule", "{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 1, endPort: 90}]}]}", "data/notebook -> apps/api  TCP 80: allowed")]
    [InlineData("redundant-policy", "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}", "data/notebook -> apps/web  TCP 80: allowed")]
    [InlineData("redundant-policy", "{podSelector: {}, policyTypes: [Ingress]};{podSelector: {}, policyTypes: [Ingress]}", "data/notebook -> apps/api  TCP 443: denied")]
    [InlineData("except-removes-nothing", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}, {from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}", "10.1.0.0 -> apps/api  TCP 443: allowed")]
    [InlineData("subject-matches-nothing", "{podSelector: {matchLabels: {app: wbe}}}", "203.0.113.7 -> apps/api  TCP 443: allowed")]
    [InlineData("selector-never-matches", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: worker}, matchExpressions: [{key: app, operator: In, values: [notebook]}]}}]}]}", "data/notebook -> apps/web  TCP 443: denied")]
    [InlineData("service-address-in-block", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.20/32}}], ports: [{port: 80}]}]}", "apps/api -> apps/web  TCP 80: denied")]
    [InlineData("exposed-service-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}", "node n2 -> apps/web  TCP 80: denied")]
    public void An_example_shows_what_is_meant(string rule, string spec, string flow)
    {
        var found = Lint.Find(rule, Policies(spec) + Cluster).First(f => f.Finding.Place.Whole.Contains("apps", StringComparison.Ordinal));
        Assert.Equal(flow, string.Join("; ", found.Finding.Examples));
    }

    [Fact]
    public void An_example_shows_what_a_cluster_does_that_enforces_nothing_or_stored_something_else()
    {
        var open = Lint.Find("no-enforcer", Policies("{podSelector: {}}") + Cluster.Replace("k3s", "m5.large", StringComparison.Ordinal));
        Assert.Equal("data/notebook -> apps/api  TCP 443: denied", string.Join("; ", Assert.Single(open).Finding.Examples));
        var (files, live) = (Policies("{podSelector: {}, ingress: [{}], egress: [{ports: [{port: 80}]}]}") + Cluster, Policies("{podSelector: {}, ingress: [{}]}") + Cluster);
        var stored = Linter.Run(LiveOverlay.Of(ManifestReader.Read([("f.yaml", files)]), ManifestReader.Read([("live.yaml", live)])));
        // Namespaces that the cluster has need no manifest.
        Assert.Empty(LiveOverlay.Of(ManifestReader.Read([("f.yaml", Policies("{podSelector: {}}"))]), ManifestReader.Read([("live.yaml", live)])).Diagnostics);
        Assert.Equal("apps/api -> 203.0.113.7  TCP 443: allowed", string.Join("; ", Assert.Single(stored.Counting, f => f.Finding.Rule == "stored-policy-types").Finding.Examples));
    }

    [Fact]
    public void Where_a_Service_keeps_the_source_blocks_of_clients_are_no_mistake()
    {
        var kept = Cluster.Replace("type: LoadBalancer,", "type: LoadBalancer, externalTrafficPolicy: Local,", StringComparison.Ordinal);
        Assert.Empty(Lint.Find("exposed-service-cut", Policies("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}") + kept));
        Assert.Single(Lint.Find("exposed-service-cut", Policies("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}") + kept));
    }

    [Fact]
    public void Every_rule_explains_itself_in_its_own_words()
    {
        Assert.All(LintRules.All, r =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", r.Id);
            Assert.False(r.Title.EndsWith('.'));
            Assert.True(r.Explanation.Length > 150, r.Id);
        });
        Assert.Equal(LintRules.All.Count, LintRules.All.Select(r => r.Id).Distinct().Count());
        var rows = File.ReadLines(Checkout.At("docs", "lint.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        Assert.Equal(LintRules.All.Select(r => $"| `{r.Id}` | {r.Severity.ToString().ToLowerInvariant()} | {r.Title} |"), rows);
    }

    [Theory]
    [InlineData("deny-all", "{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}", "denies nothing", "data/notebook -> apps/api  TCP 443: allowed")]
    [InlineData("default-deny-egress", "{podSelector: {}, policyTypes: [Ingress]}", "does not govern egress", "apps/api -> data/notebook  TCP 443: allowed")]
    [InlineData("allow-web", "{podSelector: {}, policyTypes: [Ingress]}", "allows nothing", "data/notebook -> apps/api  TCP 443: denied")]
    [InlineData("allow-dns", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}]}", "opens no port for DNS", "apps/api -> data/notebook  UDP 53: denied")]
    [InlineData("web-deny-all", "{podSelector: {}, policyTypes: [Ingress]}", null)]
    [InlineData("deny-from-other-namespaces", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", null)]
    [InlineData("allow-nothing", "{podSelector: {}, policyTypes: [Ingress]}", null)]
    [InlineData("allow-ip-block", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", null)]
    [InlineData("deny-all-allow-dns", "{podSelector: {}, policyTypes: [Egress], egress: [{}]}", null)]
    [InlineData("p1\n  annotations: {podwall.dev/intent: deny-all}", "{podSelector: {}, policyTypes: [Ingress]}", "does not govern egress", "apps/api -> data/notebook  TCP 443: allowed")]
    public void A_name_is_held_to_what_it_says(string name, string spec, string? said, string? shown = null)
    {
        var found = Lint.Find("name-contradicts", RuleCases.Policy(name, spec) + Cluster);
        if (said is null)
        {
            Assert.Empty(found);
            return;
        }

        Assert.Contains(said, Assert.Single(found).Finding.Message, StringComparison.Ordinal);
        Assert.Equal(shown, $"{Assert.Single(found[0].Finding.Examples)}");
    }
}
