using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>The cluster as a source knows it; only a state that is whole may open anything.</summary>
/// <param name="Fault">Why it is not whole; empty where it is.</param>
public sealed record AgentState(Snapshot Snapshot, string Fault)
{
    public bool IsWhole => Fault.Length == 0;
}
