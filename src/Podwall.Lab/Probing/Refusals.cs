using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>What the API server would say to objects.</summary>
internal static class Refusals
{
    public static ValueList<Refusal> Of(ManifestSource objects) =>
        ManifestReader.Read([objects]).Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => new Refusal(d.Field, d.Message)).ToValueList();
}
