using System.Text.RegularExpressions;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>The text of a scenario's cluster with the labels that its namespaces and pods have in a step.</summary>
public static partial class LabelledCluster
{
    /// <summary>What has the labels already stays as it was written.</summary>
    public static string Of(string cluster, Snapshot step) => string.Join("---\n", cluster.Split("---\n").Select(d => Document(d, step)));

    private static string Document(string document, Snapshot step)
    {
        var read = ManifestReader.Read(("cluster.yaml", document)).Snapshot;
        var (was, wanted) = read.Pods.FirstOrDefault() is { } pod ? (pod.Labels, step.Find(pod.Id)?.Labels)
            : Kind().IsMatch(document) && read.Namespaces.FirstOrDefault(n => n.IsDeclared) is { } ns ? (ns.Labels, step.Find(ns.Name)?.Labels)
            : (Labels.None, null);
        if (wanted is null || wanted.Equals(was))
            return document;
        var labels = string.Join(", ", wanted.Where(l => l.Key != NamespaceBlock.NameLabel).Select(l => $"{l.Key}: {l.Value}"));
        return Metadata().Replace(Written().Replace(document, "", 1), $"metadata:\n  labels: {{{labels}}}", 1);
    }

    [GeneratedRegex("^kind: Namespace$", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex("^metadata:$", RegexOptions.Multiline)]
    private static partial Regex Metadata();

    // Of the object itself, which is indented by two; in one line, or in lines of their own.
    [GeneratedRegex(@"^  labels:.*\n(?:    .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Written();
}
