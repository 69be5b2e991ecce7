using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Explaining;

namespace Podwall.Tests.Policy;

public sealed class ExplanationProperties
{
    [Fact]
    public void The_findings_agree_with_the_verdict() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(random.Snapshot());
        Endpoint[] ends = [.. compiled.Snapshot.Pods.Select(compiled.At), compiled.At(random.OutsideAddress()), .. compiled.Snapshot.Nodes.Select(compiled.At)];
        foreach (var from in ends.Where(e => e.Rivals.Length == 0))
            foreach (var to in ends.Where(e => e.Rivals.Length == 0))
            {
                var explanation = compiled.Explain(new(from, to, random.Protocol(), random.Port()));
                AssertAgrees(explanation.Egress);
                AssertAgrees(explanation.Ingress);
            }
    }, iter: Effort.Times(800));

    private static void AssertAgrees(SideExplanation side)
    {
        switch (side.Decision.Why)
        {
            case Reason.Matched(var rule):
                Assert.True(side.Rules.Single(r => r.Id == rule).Allows, $"{rule} allowed, its finding does not");
                break;
            case Reason.NothingMatched(var policies):
                Assert.Equal(policies, side.IsolatedBy);
                Assert.DoesNotContain(side.Rules, r => r.Allows);
                Assert.All(side.Rules, r => Assert.True((!r.PeerMatches && r.Peers.All(p => p.Why is not null)) || (!r.PortMatches && r.Ports.All(p => p.Why is not null))));
                break;
            default:
                Assert.Empty(side.Rules);
                break;
        }
    }
}
