using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>A cluster, steps of policies, and what must hold after each.</summary>
public sealed record Scenario(string Folder, string Title, ValueList<ManifestSource> Cluster, ValueList<ScenarioStep> Steps, ValueList<ScenarioRefusal> Refused);

/// <summary>The policies in force in a step, and what its expectations say; none where nothing is expected.</summary>
public sealed record ScenarioStep(string Name, ValueList<string> Policies, ValueList<ManifestSource> Sources, ExpectationStep? Expected)
{
    public ValueList<LabelChange> Labels => Expected?.Labels ?? [];
}

/// <summary>A file that the API server must refuse.</summary>
public sealed record ScenarioRefusal(ManifestSource Source, ExpectedRefusal Expected);

/// <summary>The scenarios that were found, and all that is wrong with them.</summary>
public sealed record ScenarioReading(ValueList<Scenario> Scenarios, ValueList<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}
