namespace Podwall.Policy;

/// <summary>
/// Traffic that every pod of the sources may send to every pod of the destination after, and not before, or the other way
/// round. A pod and itself are no pair. <see cref="OnlyOver"/> is null for every family that the two have in common, and
/// for pods that gained or lost a family, whose traffic is compared over any of them.
/// </summary>
public sealed record ReachChange(ValueList<MatchedClass> From, MatchedClass To, Traffic Added, Traffic Removed, IpFamily? OnlyOver = null);

/// <summary>Traffic between pods and addresses outside the cluster that is allowed after, and not before, or the other way round.</summary>
public sealed record OutsideChange(MatchedClass Pods, Direction Direction, AddressSet Addresses, Traffic Added, Traffic Removed);
