using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>A test with three pods on a node of its own, and policies in force there.</summary>
public abstract class LoadedNodeTest : NodeTest
{
    private protected Podwall.Agent.Enforcer? enforcer;
    private protected Pod[] pods = [];

    public override void Dispose()
    {
        enforcer?.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Load(params NetworkPolicy[] policies)
    {
        AddPods();
        if (enforcer is null)
        {
            enforcer = Host.NewEnforcer();
            enforcer.Start();
        }

        Enforce(policies);
    }

    private protected void AddPods()
    {
        if (pods.Length == 0)
            pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("stranger", 3)];
    }

    private protected void Enforce(params NetworkPolicy[] policies) => enforcer!.Settle(Cluster.Of(pods, policies));
}
