using System.Text.Json;
using System.Xml.Linq;

namespace Podwall.Tests.Cli;

/// <summary>What <c>podwall validate</c> finds, for code hosts and CI systems.</summary>
public sealed class ValidationFormatTests
{
    private const string Refused = "k8s/skeleton/ipblock-without-cidr/refused/no-cidr.yaml";

    [Fact]
    public async Task Sarif_and_junit_hold_every_finding()
    {
        var json = JsonDocument.Parse((await CliRun.Of("validate", "-f", Refused, "-o", "json")).Out).RootElement.GetProperty("findings").EnumerateArray().ToArray();
        var run = await CliRun.Of("validate", "-f", Refused, "-o", "sarif");
        Assert.Equal((1, ""), (run.Code, run.Error));
        var driven = JsonDocument.Parse(run.Out).RootElement.GetProperty("runs")[0];
        var results = driven.GetProperty("results").EnumerateArray().ToArray();
        var rules = driven.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.Equal(json.Select(f => f.GetProperty("code").GetString()), results.Select(r => r.GetProperty("ruleId").GetString()));
        Assert.Equal(json.Select(f => f.GetProperty("severity").GetString()), results.Select(r => r.GetProperty("level").GetString()));
        Assert.All(results, r => Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        var place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal(Refused, place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(json[0].GetProperty("source").GetProperty("line").GetInt32(), place.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal(results.Length, results.Select(r => r.GetProperty("partialFingerprints").GetProperty("podwall/v1").GetString()).Distinct().Count());

        var suite = XDocument.Parse((await CliRun.Of("validate", "-f", Refused, "-o", "junit")).Out).Root!.Element("testsuite")!;
        Assert.Equal(json.Count(f => f.GetProperty("severity").GetString() == "error"), suite.Descendants("failure").Count());
        Assert.Equal(suite.Attribute("tests")!.Value, $"{suite.Elements("testcase").Count()}");
    }

    [Fact]
    public async Task What_is_accepted_is_a_test_that_passes()
    {
        var run = await CliRun.Of("validate", "-f", "k8s/tiers/stack", "-o", "junit");
        var suite = XDocument.Parse(run.Out).Root!.Element("testsuite")!;
        Assert.Equal((0, "0"), (run.Code, suite.Attribute("failures")!.Value));
        Assert.Contains(suite.Elements("testcase"), c => c.Attribute("name")!.Value.EndsWith("objects are accepted", StringComparison.Ordinal));
    }
}
