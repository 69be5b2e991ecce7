using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

/// <summary>Short ways to read texts in tests.</summary>
internal static class Reading
{
    public const string PolicyHead = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: apps}\n";

    public static Manifests Of(string text, ReadingOptions? options = null) => ManifestReader.Read([ManifestSource.OfText("f.yaml", text)], options);

    public static Manifests Lenient(string text) => Of(text, new ReadingOptions { Lenient = true });

    public static IEnumerable<Diagnostic> Errors(this Manifests manifests) => manifests.Diagnostics.Where(d => d.Severity == Severity.Error);

    public static Diagnostic OnlyError(this Manifests manifests) => Xunit.Assert.Single(manifests.Errors());

    public static NetworkPolicy OnlyPolicy(this Manifests manifests) => Xunit.Assert.Single(manifests.Snapshot.Policies);

    public static Pod OnlyPod(this Manifests manifests) => Xunit.Assert.Single(manifests.Snapshot.Pods);
}
