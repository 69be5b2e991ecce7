namespace Podwall.Kubernetes;

/// <summary>One entry of a map of strings, in the order in which it was written.</summary>
public readonly record struct Label(string Key, string Value)
{
    public override string ToString() => $"{Key}={Value}";
}
