namespace Podwall.Kubernetes;

public enum DocumentFormat
{
    Yaml,
    Json,
}

/// <summary>One document of an input.</summary>
public sealed record TreeDocument(TreeNode Root, DocumentFormat Format);
