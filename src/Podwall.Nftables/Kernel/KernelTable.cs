using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>
/// A table in the kernel of this network namespace, and nothing else of it. Used by one thread at a time, which must be
/// in that namespace when this is made.
/// </summary>
public sealed class KernelTable : IDisposable
{
    // What an element of the stamp is the hash of.
    private const ulong OfProgram = 1, OfRules = 2, OfContent = 3;

    private readonly NetlinkSocket socket = new();
    private readonly MessageWriter writer;
    private readonly Batches batches;
    private readonly Program program;
    private readonly Element stamp;
    private readonly Element rules;
    private readonly TableReader reader;

    // The rules' values as they were loaded, or first seen: the kernel tells them in other words than it was told.
    private ElementKey? values;

    // What the stamp says of the content, beside the program; null where it says nothing.
    private ElementKey? digest;

    /// <exception cref="NetlinkException">The kernel has no nf_tables, or the right to change it is missing.</exception>
    public KernelTable(Program? program = null)
    {
        this.program = program ?? PolicyProgram.Instance;
        writer = new() { Family = (byte)this.program.Family };
        stamp = new(ProgramEncoding.StampOf(this.program), OfProgram);
        rules = new(ProgramEncoding.StampOf(TableReader.LinesOf(this.program)), OfRules);
        batches = new(socket, writer);
        reader = new(socket, writer);
        Tombstones = new(this.program, writer, batches, reader);
    }

    /// <summary>The connections that stay cut.</summary>
    internal Tombstones Tombstones { get; }

    /// <inheritdoc cref="Batches.Interfere"/>
    internal Action<string, bool>? Interfere { get => batches.Interfere; set => batches.Interfere = value; }

    /// <inheritdoc cref="Batches.Most"/>
    internal int MostBytes { get => batches.Most; set => batches.Most = value; }

    /// <summary>How many batches were sent; while it stays the same, nothing of ours changed the table.</summary>
    public long Commits => batches.Sent;

    private TableMaps Maps => program.Shapes;

    /// <summary>
    /// Replaces whatever the table was by the program with this content: in one step where the kernel takes so much at
    /// once, else closed until all of it is there. Connections that were cut stay cut.
    /// </summary>
    public void Install(Contents contents)
    {
        var tombs = Tombstones.Read();
        writer.Clear();
        // Deleting needs a table that is there.
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        writer.Program(program);
        // Where pods are comes first and what makes them ready last: in between they are closed.
        var deltas = contents.All.Select(c => c.From(new Dictionary<ElementKey, ulong>())).OfType<MapDelta>().ToLookup(d => Maps.Places.Contains(d.Shape));
        Write([.. deltas[true]]);
        Tombstones.Write(tombs, add: true);
        Write([.. deltas[false].OrderBy(d => IsReadiness(d.Shape)), new(Maps.Stamp, [], [stamp, rules, new(contents.Digest, OfContent)])]);
        batches.Commit("load the table");
        values = ProgramEncoding.StampOf(reader.Rules().Select(r => r.Steps));
        digest = contents.Digest;
        contents.Committed();
    }

    /// <summary>Has the kernel check the whole program, and changes nothing.</summary>
    /// <exception cref="NetlinkException">The kernel cannot run it, or the right to change tables is missing.</exception>
    public void Try()
    {
        if (IsInForce())
            return;
        writer.Clear();
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        writer.Program(program);
        // What cannot be done undoes all that came before it.
        writer.Flush(new("none", MapKind.Hash, [Field.Word]));
        writer.End();
        try
        {
            batches.Commit("check the program");
        }
        catch (NetlinkException refused) when (refused.Sequence == writer.Sequence)
        {
            // Refused for that alone.
        }
    }

    /// <summary>Whether the table is this program, whole and in force, whatever its maps hold.</summary>
    public bool IsWhole()
    {
        if (Stamps().GetValueOrDefault(stamp.Key) != OfProgram || !reader.Chains().ToHashSet().SetEquals(program.Chains.Select(HeldChain.Of)))
            return false;
        var held = reader.Rules();
        if (!held.Select(r => r.Line).SequenceEqual(TableReader.LinesOf(program)))
            return false;
        var seen = ProgramEncoding.StampOf(held.Select(r => r.Steps));
        return (values ??= seen) == seen;
    }

    /// <summary>Whether the table is this program or another version of it, as that version left it.</summary>
    public bool IsInForce() => Stamps() is { Count: > 0 } stamps && stamps.GetValueOrDefault(ProgramEncoding.StampOf(reader.Rules().Select(r => r.Line))) == OfRules;

    private Dictionary<ElementKey, ulong> Stamps()
    {
        try
        {
            if (!reader.IsThere())
                return [];
            var stamps = reader.Read(Maps.Stamp);
            digest = null;
            foreach (var (key, what) in stamps)
                if (what == OfContent)
                    digest = key;
            return stamps;
        }
        catch (NetlinkException missing) when (missing.Error == NetlinkException.NoEntry)
        {
            // A table of that name without our maps.
            return [];
        }
    }

    /// <summary>
    /// Takes a whole table as holding this content if whoever wrote it said so. Nothing is compared: a large table is read
    /// in seconds.
    /// </summary>
    public bool TakeOver(Contents contents)
    {
        if (digest != contents.Digest)
            return false;
        contents.Committed();
        return true;
    }

    /// <summary>Commits everything that changed; all of it or, when it throws, nothing, or, where it is too much for one batch, closed.</summary>
    /// <returns>How many elements were sent.</returns>
    public int Apply(Contents contents)
    {
        var deltas = contents.Pending();
        Apply(deltas, contents);
        return deltas.Sum(d => d.Count);
    }

    /// <summary>Makes the kernel hold the contents, whatever its maps hold now.</summary>
    /// <returns>What had to be mended, by map.</returns>
    public IReadOnlyList<MapDelta> Repair(Contents contents)
    {
        var deltas = Differences(contents);
        Apply(deltas, contents);
        return deltas;
    }

    /// <summary>How the kernel's maps differ from what they should hold.</summary>
    public IReadOnlyList<MapDelta> Differences(Contents contents) => [.. contents.All.Select(Difference).OfType<MapDelta>()];

    // While the kernel makes a hash larger, a dump may leave elements out: what is missing is so once another reading tells nothing new.
    private MapDelta? Difference(MapContent content)
    {
        var held = reader.Read(content.Shape);
        for (var known = -1; content.From(held) is { Added.Count: > 0 } && held.Count > known;)
        {
            known = held.Count;
            foreach (var (key, value) in reader.Read(content.Shape))
                held[key] = value;
        }

        return content.From(held);
    }

    /// <summary>Closes every pod of the node for new connections, with as little as a change can need: none is ready any more.</summary>
    public void Close()
    {
        writer.Clear();
        foreach (var shape in Maps.Readiness)
            writer.Flush(shape);
        if (digest is { } said)
            writer.Elements(Maps.Stamp, [new(said, OfContent)], add: false);
        batches.Commit("close the pods");
        digest = null;
    }

    /// <summary>Removes the table, if it is there.</summary>
    public void Delete()
    {
        writer.Clear();
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        try
        {
            batches.Commit("delete the table");
        }
        catch (NetlinkException unknown) when (unknown.Error is NetlinkException.NotSupported or NetlinkException.UnknownFamily)
        {
            // A kernel that has no tables of this family has none of ours.
        }
    }

    /// <inheritdoc cref="TableReader.Read"/>
    public IReadOnlyDictionary<ElementKey, ulong> Read(MapShape shape) => reader.Read(shape);

    /// <inheritdoc cref="TableReader.Dropped"/>
    public IReadOnlyDictionary<string, ulong> Dropped() => reader.Dropped();

    /// <inheritdoc cref="TableReader.Generation"/>
    public uint Generation() => reader.Generation();

    public void Dispose() => socket.Dispose();

    private bool IsReadiness(MapShape shape) => Maps.Readiness.Contains(shape);

    private IReadOnlyList<Element> Said => digest is { } said ? [new(said, OfContent)] : [];

    private void Apply(IReadOnlyList<MapDelta> deltas, Contents contents)
    {
        if (deltas.Count > 0 || digest != contents.Digest)
        {
            writer.Clear();
            Write([.. deltas, new(Maps.Stamp, Said, [new(contents.Digest, OfContent)])]);
            if (!batches.HasRoom)
                WriteClosed(deltas, contents);
            batches.Commit("change the table");
            digest = contents.Digest;
        }

        contents.Committed();
    }

    // More than one batch can hold: every pod is closed by the first and opened by the last.
    private void WriteClosed(IReadOnlyList<MapDelta> deltas, Contents contents)
    {
        MapDelta[] readiness = [.. Maps.Readiness.Select(shape => new MapDelta(shape, [.. Read(shape).Select(e => new Element(e.Key, e.Value))], [.. contents[shape].Elements.Select(e => new Element(e.Key, e.Value))]))];
        writer.Clear();
        Write([.. readiness.Select(r => r with { Added = [] }), new(Maps.Stamp, Said, [])]);
        Write([.. deltas.Where(d => !IsReadiness(d.Shape))]);
        Write([.. readiness.Select(r => r with { Removed = [] }), new(Maps.Stamp, [], [new(contents.Digest, OfContent)])]);
    }

    private void Write(IReadOnlyList<MapDelta> deltas)
    {
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Removed, add: false);
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Added, add: true);
    }
}
