using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Policy.Suggesting;

namespace Podwall.Tests.Policy;

public sealed class EffectTests
{
    [Fact]
    public void What_opens_over_one_family_only_is_named_and_the_flow_asked_about_is_not()
    {
        // Over IPv6 the rule lets the client's twin in already.
        Pod[] pods = [Dual("client", 1), Dual("twin", 2), Dual("web", 3)];
        var rule = new Rule([new Peer.Network(Cidr.Parse("fd00::2/128"), [])], [new PortMatch.Numbered(Protocol.Tcp, new(80, 80))]);
        var compiled = Compiled.Compile(new([new("shop", Labels.None, pods, [new(new("shop", "web"), Selector.Of(("app", "web")), Ingress: [rule], Egress: null)])], []));
        var flow = new Flow(compiled.At(pods[0]), compiled.At(pods[2]), Protocol.Tcp, 80);

        var suggestion = Suggestions.For(compiled, compiled.Explain(flow), most: 10)
            .First(s => s.Changes is [Change.AddPeer(_, Peer.PodsHere)]);

        Assert.Equal("shop/twin -> shop/web: TCP 80 over IPv4 only", $"{Assert.Single(suggestion.Effects)}");
    }

    private static Pod Dual(string name, int number) => new(new("shop", name), Labels.Of(("app", name == "twin" ? "client" : name)))
    {
        Addresses = [Address.Parse($"10.0.0.{number}"), Address.Parse($"fd00::{number}")],
    };
}
