namespace Podwall.Policy;

/// <summary>Names a rule of a policy; the index counts from 0, as in the API's field path.</summary>
public sealed record RuleId(PolicyId Policy, Direction Direction, int Index)
{
    /// <summary>The API's field path, such as <c>spec.ingress[0]</c>.</summary>
    public string Path => $"spec.{(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]";

    /// <summary>As a person says it: <c>ingress rule 1 of prod/web</c>, counted from 1.</summary>
    public string Spoken => $"{(Direction == Direction.Ingress ? "ingress" : "egress")} rule {Index + 1} of {Policy}";

    public override string ToString() => $"{Policy} {Path}";
}
