using Podwall.Cli.Ui;
using Podwall.Explorer;
using Podwall.Kubernetes;

namespace Podwall.Tests.Cli;

/// <summary>What the tabs of <c>podwall ui</c> propose.</summary>
public sealed class ProposalsTests
{
    private static readonly Exploration Cluster = Exploration.Of(ManifestReader.Read(("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")));

    [Fact]
    public void Of_too_many_tabs_only_the_oldest_is_forgotten()
    {
        Proposals proposals = new();
        for (var tab = 0; tab < 64; tab++)
            proposals.Put($"{tab}", Closing);
        // Who proposes something new is not the oldest any more.
        proposals.Put("0", Closing);
        proposals.Put("64", Closing);
        Assert.Equal(["1"], Enumerable.Range(0, 65).Select(t => $"{t}").Where(t => !IsJudged(t)));

        bool IsJudged(string tab) => proposals.On(Cluster, tab).Overview().Policies == 1;
    }

    [Fact]
    public void What_is_no_policy_is_named_and_changes_nothing()
    {
        Proposals proposals = new();
        proposals.Put("mine", new([.. Closing.Files, new("more.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: c}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")]));
        Assert.Equal(["1 Pod", "1 ConfigMap"], Proposals.IgnoredOf(proposals.Of("mine")!));
        Assert.Equal((0, 1), (proposals.On(Cluster, "mine").Overview().Pods, proposals.On(Cluster, "mine").Overview().Policies));
    }

    [Fact]
    public void Who_proposes_nothing_takes_no_place()
    {
        Proposals proposals = new();
        proposals.Put("mine", Closing);
        for (var tab = 0; tab < 100; tab++)
            proposals.Put($"{tab}", new([]));
        Assert.Equal(1, proposals.On(Cluster, "mine").Overview().Policies);
        proposals.Put("mine", new([]));
        Assert.Same(Cluster, proposals.On(Cluster, "mine"));
    }

    private static Proposal Closing => new([new("proposal.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed, namespace: shop}\nspec: {podSelector: {}}\n")]);
}
