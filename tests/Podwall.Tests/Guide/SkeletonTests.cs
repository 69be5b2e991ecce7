using System.Text.RegularExpressions;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>The skeleton is said to hold every field of a policy.</summary>
public sealed class SkeletonTests
{
    // NetworkPolicySpec and all below it, as networking.k8s.io/v1 has them.
    private static readonly string[] Fields =
    [
        "podSelector", "matchLabels", "matchExpressions", "key", "operator", "values", "policyTypes", "ingress", "egress", "from", "to",
        "namespaceSelector", "ipBlock", "cidr", "except", "ports", "protocol", "port", "endPort",
    ];

    [Fact]
    public void Every_field_of_a_policy_is_in_it_and_every_line_is_explained()
    {
        var lines = ScenarioFiles.Read("k8s/skeleton/example/example.yaml").Split('\n');
        var written = lines.Select(l => Regex.Match(l, @"^[ -]*(?<key>[A-Za-z]+):")).Where(m => m.Success).Select(m => m.Groups["key"].Value);
        Assert.Empty(Fields.Except(written));
        // A line that says no more than the ones before it has no need of words.
        var silent = lines.SkipWhile(l => l.StartsWith('#')).Where(l => l.Length > 0 && !l.Contains('#')).Select(l => l.Trim(' ', '-'));
        Assert.Equal(["metadata:", "spec:", "app: backend", "192.0.2.192/26", "port: 80", "protocol: TCP"], silent);
    }
}
