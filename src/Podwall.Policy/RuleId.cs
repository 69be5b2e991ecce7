namespace Podwall.Policy;

/// <summary>Names a rule of a policy; the index counts from 0, as in the API's field path.</summary>
public sealed record RuleId(PolicyId Policy, Direction Direction, int Index)
{
    /// <summary>The API's field path, such as <c>spec.ingress[0]</c>.</summary>
    public string Path => $"spec.{(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]";

    public override string ToString() => $"{Policy} {Path}";
}
