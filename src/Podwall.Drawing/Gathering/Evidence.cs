using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>What the engine says about one state, in the form in which a board asks.</summary>
internal sealed class Evidence
{
    private readonly Connectivity connectivity;
    private readonly Dictionary<PodId, PodClass> classes = [];
    private readonly Dictionary<(PodClass, Direction), ValueList<OutsideReach>> outside = [];
    private readonly Traffic[] into;
    private PodClass? destination;

    public Evidence(Compiled compiled)
    {
        Snapshot = compiled.Snapshot;
        connectivity = Connectivity.Of(compiled);
        foreach (var member in connectivity.Classes)
            foreach (var pod in member.Pods)
                classes[pod.Id] = member;
        into = new Traffic[connectivity.Classes.Count == 0 ? 0 : connectivity.Classes.Max(c => c.Index) + 1];
    }

    public Snapshot Snapshot { get; }

    public IReadOnlyList<PodClass> Classes => connectivity.Classes;

    /// <summary>The class of a pod; null for a pod that is not there, or that uses its node's network.</summary>
    public PodClass? ClassOf(PodId pod) => classes.GetValueOrDefault(pod);

    /// <summary>What one class may send to another; cheap as long as the destination stays the same from call to call.</summary>
    public Traffic Between(PodClass from, PodClass to)
    {
        if (to != destination)
            Read(to);
        return into[from.Index];
    }

    public ValueList<OutsideReach> Outside(PodClass member, Direction direction)
    {
        if (!outside.TryGetValue((member, direction), out var reach))
            outside[(member, direction)] = reach = connectivity.Outside(member, direction);
        return reach;
    }

    private void Read(PodClass to)
    {
        Array.Fill(into, Traffic.None);
        foreach (var inflow in connectivity.Into(to))
        {
            var traffic = inflow.Traffic;
            foreach (var source in inflow.Sources)
                into[source.Index] = traffic;
        }

        destination = to;
    }
}
