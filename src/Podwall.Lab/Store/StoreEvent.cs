using System.Collections.Immutable;

namespace Podwall.Lab.Store;

/// <summary>One change of one object. <paramref name="Before"/> is null for a new object, <paramref name="After"/> for one that is gone.</summary>
/// <param name="Version">The store's version that the change made.</param>
/// <param name="All">All objects of the kind after the change, in their order.</param>
public sealed record StoreEvent(ulong Version, StoredObject? Before, StoredObject? After, ImmutableList<StoredObject> All);
