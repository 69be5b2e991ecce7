using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Store;

/// <summary>What becomes of an object, which is null where there is none yet; null leaves all as it is.</summary>
public delegate JsonObject? Rewrite(StoredObject? current);

/// <summary>
/// Objects in memory, with one version for the whole store that every change raises, and enough history for watches and for
/// lists in pages. Safe for several threads; each write is whole or not at all.
/// </summary>
public sealed class ObjectStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<ResourceType, ResourceTable> tables = [];
    private readonly int history;
    private readonly ulong first;
    private ulong version;
    private ulong compacted;

    /// <param name="firstVersion">A store that takes another's place must begin behind it, or clients would wait for versions that come again.</param>
    /// <param name="history">Changes kept of each kind.</param>
    public ObjectStore(ulong firstVersion = 1, int history = 10_000) => (first, version, this.history) = (firstVersion, firstVersion, history);

    /// <summary>An empty store whose versions lie behind those of every store that was made earlier on this machine.</summary>
    public static ObjectStore After(TimeProvider time) => new((ulong)time.GetUtcNow().ToUnixTimeMilliseconds());

    public ulong Version
    {
        get
        {
            lock (gate)
                return version;
        }
    }

    public ResourceView View(ResourceType type)
    {
        lock (gate)
        {
            var table = Table(type);
            return new(table.Objects, version, table.NextEvent);
        }
    }

    /// <summary>All objects of a kind as they were at a version that is not in the future.</summary>
    /// <exception cref="ForgottenException">That is no longer known.</exception>
    public ImmutableList<StoredObject> At(ResourceType type, ulong at)
    {
        lock (gate)
            return at < compacted ? throw new ForgottenException(compacted) : Table(type).At(at);
    }

    public StoredObject? Find(ResourceType type, ObjectName name)
    {
        lock (gate)
            return Current(Table(type), name);
    }

    /// <summary>Makes, changes or keeps an object; an exception of <paramref name="rewrite"/> leaves all as it was.</summary>
    public StoredObject Write(ResourceType type, ObjectName name, Rewrite rewrite)
    {
        lock (gate)
        {
            var table = Table(type);
            var index = ResourceView.IndexOf(table.Objects, name);
            var before = index >= 0 ? table.Objects[index] : null;
            if (rewrite(before) is not { } tree)
                return before ?? throw new InvalidOperationException("Nothing was there, and nothing was made.");
            var after = StoredObject.Of(name, version + 1, Stamped(tree, version + 1));
            version++;
            table.Append(new(version, before, after, before is null ? table.Objects.Insert(~index, after) : table.Objects.SetItem(index, after)));
            return after;
        }
    }

    /// <summary>Takes an object away; the last of it carries the version of its end. Null where there was none.</summary>
    /// <param name="check">May refuse with an exception.</param>
    public StoredObject? Delete(ResourceType type, ObjectName name, Action<StoredObject>? check = null)
    {
        lock (gate)
        {
            var table = Table(type);
            if (ResourceView.IndexOf(table.Objects, name) is not (>= 0 and var index))
                return null;
            var before = table.Objects[index];
            check?.Invoke(before);
            version++;
            table.Append(new(version, before, null, table.Objects.RemoveAt(index)));
            return before;
        }
    }

    /// <summary>Ends lists at older versions, as a real server does every few minutes; watches still go on from them.</summary>
    public void Compact()
    {
        lock (gate)
            compacted = version;
    }

    /// <summary>Ends watches from before a version, too.</summary>
    public void Forget(ulong upTo)
    {
        lock (gate)
        {
            compacted = Math.Max(compacted, upTo);
            foreach (var table in tables.Values)
                table.ForgetUpTo(upTo);
        }
    }

    /// <inheritdoc cref="ResourceTable.EventAfter"/>
    public long EventAfter(ResourceType type, ulong after)
    {
        lock (gate)
            return Table(type).EventAfter(after);
    }

    /// <summary>The events from a number on, and what completes with the next change where there are none.</summary>
    /// <exception cref="ForgottenException">Some of them were forgotten.</exception>
    public (StoreEvent[] Events, ulong Version, Task Changed) Read(ResourceType type, long from)
    {
        lock (gate)
        {
            var table = Table(type);
            return (table.Read(from), version, table.Changed);
        }
    }

    private static StoredObject? Current(ResourceTable table, ObjectName name) =>
        ResourceView.IndexOf(table.Objects, name) is >= 0 and var index ? table.Objects[index] : null;

    private ResourceTable Table(ResourceType type)
    {
        if (!tables.TryGetValue(type, out var table))
            tables[type] = table = new(history, first);
        return table;
    }

    private static JsonObject Stamped(JsonObject tree, ulong version)
    {
        ((JsonObject)tree["metadata"]!)["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return tree;
    }
}
