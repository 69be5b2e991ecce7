using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Whether expectations speak of pods and namespaces that there are.</summary>
public sealed class ExpectationCheck(Snapshot cluster)
{
    public IEnumerable<Diagnostic> FaultsOf(ExpectationStep? step) => step is null ? [] :
    [
        .. step.Expect.SelectMany(line => new[] { FaultOf(line.From, "from", line.Position), FaultOf(line.To, "to", line.Position), FaultOf(line), FaultOf(line, step.Labels) }).OfType<Diagnostic>(),
        .. step.Labels.Select(change => FaultOf(change, step.Position)).OfType<Diagnostic>(),
    ];

    private Diagnostic? FaultOf(FlowEnd end, string field, SourcePosition at)
    {
        if (FlowEnds.WithoutPods(cluster, end).FirstOrDefault() is not { } missing)
            return null;
        var near = Nearest.To($"{missing}", cluster.Pods.Select(p => $"{p.Workload}"));
        return Fault(at, field, missing switch { FlowEnd.AllPods(var ns) => $"there is no pod in namespace {ns}", FlowEnd.Selected => $"no pod is {missing}", _ => $"there is no pod {missing}" },
            near is not null ? $"Did you mean {near}?" : $"There are {string.Join(", ", cluster.Pods.Select(p => $"{p.Workload}").Distinct().Take(10))}.");
    }

    private static Diagnostic? FaultOf(Expectation line) => line is { From: FlowEnd.Outside, To: FlowEnd.Outside }
        ? Fault(line.Position, "to", "both ends are outside the cluster, where nothing can be probed", "Let one of them be a pod.")
        : null;

    // A label that a step puts on may be one that nobody has yet.
    private Diagnostic? FaultOf(Expectation line, ValueList<LabelChange> changes) =>
        line.ApartBy is { } key && !FlowEnds.HasLabel(cluster, key, out var fix) && !changes.Any(c => c.Edits.Any(e => e.Key == key))
            ? Fault(line.Position, "apartBy", $"no pod has the label {key}, and no namespace of one", fix)
            : null;

    private Diagnostic? FaultOf(LabelChange change, SourcePosition at) => change switch
    {
        LabelChange.OfNamespace(var name, _) when cluster.Find(name) is null => Fault(at, $"label.namespaces.{name}", $"there is no namespace {name}", Meant(name, cluster.Namespaces.Select(n => n.Name))),
        LabelChange.OfPod(var id, _) when cluster.Find(id) is null => Fault(at, $"label.pods.{id}", $"there is no pod {id}", Meant($"{id}", cluster.Pods.Select(p => $"{p.Id}"))),
        _ => null,
    };

    private static string Meant(string name, IEnumerable<string> known) => Nearest.To(name, known) is { } near ? $"Did you mean {near}?" : "Add it to the scenario's cluster.yaml.";

    private static Diagnostic Fault(SourcePosition at, string field, string message, string fix) =>
        new(Severity.Error, DiagnosticCodes.InvalidExpectations, message) { Position = at, Field = field, Fix = fix };
}
