using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>Truth tables and probes: every ordered pair, protocol and port, after every step.</summary>
public sealed class CorpusProbes
{
    public static TheoryData<string> Cases => CorpusSteps.Cases;

    [Theory, MemberData(nameof(Cases))]
    public void Every_verdict_is_the_recorded_one(string id)
    {
        foreach (var step in CorpusSteps.Of(id))
        {
            foreach (var verdict in step.Verdicts)
            {
                var flow = new Flow(CorpusSteps.End(step.Compiled, verdict.From), CorpusSteps.End(step.Compiled, verdict.To), verdict.Protocol, verdict.Port);
                Assert.True(step.Compiled.Decide(flow).IsAllowed == verdict.Allowed, $"{flow}: recorded as {(verdict.Allowed ? "allowed" : "denied")}, decided {step.Compiled.Decide(flow)}");
            }

            foreach (var table in step.Probes)
            {
                AssertSide(step.Compiled, table, "deniedByEgress", d => d.Egress);
                AssertSide(step.Compiled, table, "deniedByIngress", d => d.Ingress);
            }
        }
    }

    private static void AssertSide(Compiled compiled, JsonElement table, string name, Func<FlowDecision, Decision> side)
    {
        if (!table.TryGetProperty(name, out var list))
            return;
        Assert.True(ProtocolNames.TryParse(table.GetProperty("protocol").GetString(), out var protocol));
        var denied = list.EnumerateArray().Select(p => (p[0].GetString(), p[1].GetString())).ToHashSet();
        foreach (var from in compiled.Snapshot.Pods)
            foreach (var to in compiled.Snapshot.Pods.Where(p => p != from))
                Assert.Equal(
                    !denied.Contains(($"{from}", $"{to}")),
                    side(compiled.Decide(new(compiled.At(from), compiled.At(to), protocol, table.GetProperty("port").GetInt32()))).IsAllowed);
    }
}
