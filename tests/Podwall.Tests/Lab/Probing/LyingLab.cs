using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Tests.Lab.Probing;

/// <summary>A lab that says the opposite about one flow.</summary>
internal sealed class LyingLab(LabSize size, string about) : ILab
{
    private readonly SimulatedLab honest = new(size);

    public static Func<LabSize, CancellationToken, Task<ILab>> About(string flow) => (size, _) => Task.FromResult<ILab>(new LyingLab(size, flow));

    public bool IsSimulated => false;

    public LabSize Size => size;

    public TimeSpan CameUpIn => TimeSpan.FromSeconds(1.8);

    public Task BecomeAsync(IReadOnlyList<ManifestSource> objects, IReadOnlyList<LabelChange> labels, CancellationToken cancellation) => honest.BecomeAsync(objects, labels, cancellation);

    public Task<ValueList<Refusal>> RefusalsAsync(ManifestSource objects, CancellationToken cancellation) => honest.RefusalsAsync(objects, cancellation);

    public Task<LabCluster> SnapshotAsync(CancellationToken cancellation) => honest.SnapshotAsync(cancellation);

    public async Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, TimeSpan patience, IProgress<int> done, CancellationToken cancellation) =>
        (await honest.ProbeAsync(flows, patience, done, cancellation)).Select((o, i) => $"{flows[i]}" == about ? Opposite(o) : o).ToValueList();

    public ValueTask DisposeAsync() => honest.DisposeAsync();

    private static ProbeOutcome Opposite(ProbeOutcome outcome) => outcome == ProbeOutcome.Allowed ? ProbeOutcome.Denied : ProbeOutcome.Allowed;
}
