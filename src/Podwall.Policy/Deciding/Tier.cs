namespace Podwall.Policy;

/// <summary>One layer of policy, in order of precedence; null hands the flow on to the next tier.</summary>
internal abstract class Tier
{
    public abstract Decision? Judge(in Packet packet);
}

/// <summary>NetworkPolicy v1: final for a pod that a policy isolates in this direction, silent for all others.</summary>
internal sealed class NetworkPolicyTier : Tier
{
    public override Decision? Judge(in Packet packet)
    {
        if (packet.Subject.SideOf(packet.Direction) is not { } side)
            return null;
        foreach (ref readonly var gate in side.Gates.AsSpan())
            if (gate.MayPass(packet.Protocol, packet.Port) && gate.Rule.Lets(packet))
                return gate.Rule.Allowed;
        return side.Denied;
    }
}
