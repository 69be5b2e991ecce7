using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>A pod of the input.</summary>
internal sealed record PodObject(Manifest Manifest, ObjectMeta Meta, PodId Id, Labels Labels, PodSpec Spec, ValueList<Address> Addresses, bool IsFinished);

/// <summary>
/// Anything with a pod template. <see cref="IsEmpty"/> is a live workload that is known to run nothing: scaled to zero, or
/// a job that has ended.
/// </summary>
internal sealed record WorkloadObject(Manifest Manifest, ObjectMeta Meta, WorkloadId Id, Labels PodLabels, PodSpec PodSpec, bool IsEmpty);
