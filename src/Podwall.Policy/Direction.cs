namespace Podwall.Policy;

/// <summary>The side of a flow that a policy governs: what a pod sends, or what it receives.</summary>
public enum Direction
{
    Ingress,
    Egress,
}
