using Podwall.Agent;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>Small clusters in one namespace.</summary>
internal static class Cluster
{
    public static Snapshot Of(IEnumerable<Pod> pods, params IEnumerable<NetworkPolicy> policies) => new([new("apps", Labels.None, pods, policies)], []);

    /// <summary>Pods of an app take nothing from anybody.</summary>
    public static NetworkPolicy Closed(string app) => new(new("apps", $"closed-{app}"), App(app), [], Egress: null);

    /// <summary>Pods of an app take from another app only.</summary>
    public static NetworkPolicy OnlyFrom(string app, string peer) =>
        new(new("apps", $"only-{app}-from-{peer}"), App(app), [new([new Peer.PodsHere(App(peer))], [])], Egress: null);

    /// <summary>Pods of an app send nothing to anybody.</summary>
    public static NetworkPolicy Silent(string app) => new(new("apps", $"silent-{app}"), App(app), Ingress: null, []);

    /// <summary>Brings a state into force, and judges the connections at once, which otherwise waits for the next change in a burst.</summary>
    public static void Settle(this Enforcer enforcer, Snapshot snapshot)
    {
        enforcer.Enforce(snapshot);
        enforcer.CutOwed();
    }

    private static Selector App(string app) => Selector.Of(("app", app));
}
