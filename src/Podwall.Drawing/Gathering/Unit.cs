using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>The smallest thing that a board tells apart: pods alike at both phases, or addresses alike for every pod.</summary>
internal sealed class Unit
{
    public PodClass? Before { get; init; }

    public PodClass? After { get; init; }

    public Pod[] Pods { get; init; } = [];

    public AddressSet Addresses { get; init; } = AddressSet.Empty;

    public bool IsOutside => !Addresses.IsEmpty;

    public string Namespace => Pods[0].Namespace;

    public PodClass? At(Phase phase) => phase == Phase.Before ? Before : After;

    public bool Exists(Phase phase) => IsOutside || At(phase) is not null;

    public bool IsIsolated(Phase phase, Direction direction) => At(phase)?.IsIsolated(direction) ?? false;

    /// <summary>A single pod always reaches itself, so that says nothing.</summary>
    public bool HasInnerPairs => Pods.Length > 1;

    public IEnumerable<WorkloadId> Workloads => Pods.Select(p => p.Workload).Distinct();
}
