using System.Runtime.InteropServices;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>
/// The table in the kernel of this network namespace, and nothing else of it. Used by one thread at a time, which must be
/// in that namespace when this is made.
/// </summary>
public sealed class KernelTable : IDisposable
{
    private readonly NetlinkSocket socket = new();
    private readonly MessageWriter writer = new();
    private readonly MessageWriter batch = new();
    private readonly Program program;
    private readonly ElementKey stamp;

    /// <exception cref="NetlinkException">The kernel has no nf_tables, or the right to change it is missing.</exception>
    public KernelTable(Program? program = null)
    {
        this.program = program ?? Program.Instance;
        stamp = ProgramEncoding.StampOf(this.program);
    }

    private Maps Maps => program.Maps;

    /// <summary>
    /// Replaces whatever the table was by the program with this content: in one step where the kernel takes so much at
    /// once, else closed until all of it is there. Connections that were cut stay cut.
    /// </summary>
    public void Install(Contents contents)
    {
        var tombs = IsThere() ? Maps.Tombstone.Both.Select(s => (Shape: s, Tuples: Tombs(s))).ToArray() : [];
        writer.Clear();
        // Deleting needs a table that is there.
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        writer.Program(program);
        foreach (var (shape, tuples) in tombs)
            writer.Tombstones(shape, tuples.Select(t => (t, Maps.Silence)), add: true);
        // What makes a pod ready comes last: until then it is closed.
        var deltas = contents.All.Select(c => c.From(new Dictionary<ElementKey, ulong>())).OfType<MapDelta>();
        Write([.. deltas.OrderBy(d => IsReadiness(d.Shape)), new(Maps.Stamp, [], [new(stamp, 0)])]);
        Commit("load the table");
        contents.Committed();
    }

    /// <summary>Whether the table is this program, whole and in force, whatever its maps hold.</summary>
    public bool IsWhole() => IsThere() && Read(Maps.Stamp).ContainsKey(stamp) && Rules().SequenceEqual(Expected());

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
    public IReadOnlyList<MapDelta> Differences(Contents contents) => [.. contents.All.Select(c => c.From(Read(c.Shape))).OfType<MapDelta>()];

    /// <summary>The number of the ruleset's state, which every change of anybody's raises.</summary>
    public uint Generation()
    {
        uint generation = 0;
        writer.Clear();
        writer.Begin(NfTables.Message.GetGeneration, RequestFlags.None, 0);
        writer.End();
        socket.Send(writer.Written);
        foreach (var message in socket.Receive())
            if (message.Type == NfTables.Error)
                throw new NetlinkException(message.Error, "ask for the generation");
            else
                foreach (var attribute in message.Attributes)
                    if (attribute.Type == NfTables.Generation.Id)
                        generation = attribute.Number;
        return generation;
    }

    /// <summary>Removes the table, if it is there.</summary>
    public void Delete()
    {
        writer.Clear();
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        Commit("delete the table");
    }

    /// <summary>Keeps cut connections cut, until they fall silent.</summary>
    internal void Bury(IReadOnlyCollection<Tomb> tombs) => Tombstones(tombs, add: true);

    /// <summary>Lets connections on these tuples be judged again.</summary>
    internal void Lift(IReadOnlyCollection<Tomb> tombs)
    {
        // What fell silent meanwhile is gone, and a batch that deletes it would fail.
        HashSet<string> held = [.. Maps.Tombstone.Both.SelectMany(Tombs).Select(Convert.ToHexString)];
        Tombstones([.. tombs.Where(t => held.Contains(Convert.ToHexString(t.Key)))], add: false);
    }

    private void Tombstones(IReadOnlyCollection<Tomb> tombs, bool add)
    {
        if (tombs.Count == 0)
            return;
        writer.Clear();
        foreach (var family in tombs.GroupBy(t => t.Family))
            writer.Tombstones(Maps.Tombstone[family.Key], family.Select(t => (t.Key, t.Silence)), add);
        Commit("cut connections");
    }

    /// <summary>What a map holds.</summary>
    public IReadOnlyDictionary<ElementKey, ulong> Read(MapShape shape)
    {
        var read = Elements(shape);
        if (shape.Kind != MapKind.Interval)
            return read.ToDictionary(e => shape.Kind == MapKind.ConcatenatedInterval ? new(MapShape.Number(e.Key), MapShape.Number(e.Last)) : shape.Read(e.Key), e => e.Value);
        Dictionary<ElementKey, ulong> elements = [];
        // An end and a beginning may lie on the same value: the end closes what is before it.
        (UInt128 First, ulong Value)? open = null;
        foreach (var (key, _, value, isEnd) in read.Select(e => (Key: MapShape.Number(e.Key), e.Last, e.Value, e.IsEnd)).OrderBy(r => r.Key).ThenBy(r => !r.IsEnd))
        {
            if (open is { } range)
                elements[new(range.First, key - 1)] = range.Value;
            open = isEnd ? null : (key, value);
        }

        if (open is { } rest)
            elements[new(rest.First, ProgramEncoding.Highest(shape))] = rest.Value;
        return elements;
    }

    /// <summary>How many packets each counter has seen dropped.</summary>
    public IReadOnlyDictionary<string, ulong> Dropped()
    {
        Dictionary<string, ulong> counts = [];
        Dump(NfTables.Message.GetObject, request => request.Text(NfTables.Object.TableName, Program.Table), "read the counters", counts.Clear, message =>
        {
            var content = new Attributes(message.Attributes.Find(NfTables.Object.Content));
            foreach (var attribute in message.Attributes)
                if (attribute.Type == NfTables.Object.Name)
                    foreach (var count in content)
                        if (count.Type == NfTables.Object.CounterPackets)
                            counts[attribute.Text] = count.LongNumber;
        });
        return counts;
    }

    public void Dispose() => socket.Dispose();

    private bool IsReadiness(MapShape shape) => Maps.Ready.Both.Contains(shape);

    private void Apply(IReadOnlyList<MapDelta> deltas, Contents contents)
    {
        if (deltas.Count > 0)
        {
            writer.Clear();
            Write(deltas);
            if (!Fits())
                WriteClosed(deltas, contents);
            Commit("change the table");
        }

        contents.Committed();
    }

    // More than one batch can hold: every pod is closed by the first and opened by the last.
    private void WriteClosed(IReadOnlyList<MapDelta> deltas, Contents contents)
    {
        MapDelta[] readiness = [.. Maps.Ready.Both.Select(shape => new MapDelta(shape, [.. Read(shape).Select(e => new Element(e.Key, e.Value))], [.. contents[shape].Elements.Select(e => new Element(e.Key, e.Value))]))];
        writer.Clear();
        Write([.. readiness.Select(r => r with { Added = [] })]);
        Write([.. deltas.Where(d => !IsReadiness(d.Shape))]);
        Write([.. readiness.Select(r => r with { Removed = [] })]);
    }

    private void Write(IReadOnlyList<MapDelta> deltas)
    {
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Removed, add: false);
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Added, add: true);
    }

    private bool Fits() => socket.HasRoomFor(writer.Length + Markers);

    // The messages that begin and end a batch.
    private const int Markers = 64;

    // What was written, as one batch, or as several where the kernel takes no more at once.
    private void Commit(string what)
    {
        writer.End();
        var messages = writer.Written;
        if (Fits())
        {
            Commit(messages, what);
            return;
        }

        var room = socket.SendLimit - Markers;
        for (var start = 0; start < messages.Length;)
        {
            var end = start;
            while (end < messages.Length && end + LengthAt(messages, end) - start <= room)
                end += LengthAt(messages, end);
            if (end == start)
                throw new NetlinkException(NetlinkException.TooLarge, what);
            Commit(messages[start..end], what);
            start = end;
        }
    }

    private static int LengthAt(ReadOnlySpan<byte> messages, int at) => (MemoryMarshal.Read<int>(messages[at..]) + 3) & ~3;

    private void Commit(ReadOnlySpan<byte> messages, string what)
    {
        batch.Clear();
        batch.BeginBatch();
        batch.End();
        batch.Raw(messages);
        batch.EndBatch();
        socket.Send(batch.Written);
        // The kernel has decided when the send returns; it answers only to what it refuses.
        NetlinkException? refused = null;
        while (socket.TryReceive(out var answers))
            foreach (var message in answers)
                if (message.Type == NfTables.Error && message.Error != 0)
                    refused ??= new(message.Error, $"{what} (message {message.Sequence})");
        if (refused is not null)
            throw refused;
    }

    // The table is there and nobody made it dormant.
    private bool IsThere()
    {
        var isThere = false;
        try
        {
            writer.Clear();
            writer.Begin(NfTables.Message.GetTable, RequestFlags.None, NfTables.Inet);
            writer.Text(NfTables.Table.Name, Program.Table);
            writer.End();
            socket.Send(writer.Written);
            foreach (var message in socket.Receive())
                if (message.Type == NfTables.Error)
                    throw new NetlinkException(message.Error, "look for the table");
                else
                    isThere = message.Attributes.Find(NfTables.Table.Flags) is var flags && (flags.IsEmpty || MapShape.Number(flags) == 0);
            return isThere;
        }
        catch (NetlinkException missing) when (missing.Error == NetlinkException.NoEntry)
        {
            return false;
        }
    }

    private List<byte[]> Tombs(MapShape shape) => [.. Elements(shape).Select(e => e.Key)];

    // Chain, comment and steps of each rule, in order.
    private List<string> Rules()
    {
        List<string> rules = [];
        Dump(NfTables.Message.GetRule, request => request.Text(NfTables.Rule.TableName, Program.Table), "read the rules", rules.Clear, message =>
        {
            string chain = "", comment = "";
            List<string> steps = [];
            foreach (var attribute in message.Attributes)
                if (attribute.Type == NfTables.Rule.ChainName)
                    chain = attribute.Text;
                else if (attribute.Type == NfTables.Rule.UserData && attribute.Value.Length > 2)
                    comment = System.Text.Encoding.UTF8.GetString(attribute.Value[2..].TrimEnd((byte)0));
                else if (attribute.Type == NfTables.Rule.Expressions)
                    foreach (var item in attribute.Inner)
                        foreach (var part in item.Inner)
                            if (part.Type == NfTables.ExpressionName)
                                steps.Add(part.Text);
            rules.Add(Line(chain, comment, steps));
        });
        return rules;
    }

    private IEnumerable<string> Expected() => program.Chains.SelectMany(c => c.Rules.Select(r => Line(c.Name, r.Comment, r.Steps.Select(s => s.Name))));

    private static string Line(string chain, string comment, IEnumerable<string> steps) => $"{chain}: {comment}: {string.Join(' ', steps)}";

    private List<(byte[] Key, byte[] Last, ulong Value, bool IsEnd)> Elements(MapShape shape)
    {
        List<(byte[], byte[], ulong, bool)> elements = [];
        Dump(NfTables.Message.GetElements, request =>
        {
            request.Text(NfTables.Elements.TableName, Program.Table);
            request.Text(NfTables.Elements.SetName, shape.Name);
        }, $"read map {shape.Name}", elements.Clear, message =>
        {
            foreach (var attribute in message.Attributes)
                if (attribute.Type == NfTables.Elements.List)
                    foreach (var item in attribute.Inner)
                    {
                        var value = Value(item.Inner.Find(NfTables.Elements.Data));
                        var flags = item.Inner.Find(NfTables.Elements.Flags);
                        elements.Add((Value(item.Inner.Find(NfTables.Elements.Key)).ToArray(), Value(item.Inner.Find(NfTables.Elements.KeyEnd)).ToArray(),
                            (ulong)(value.IsEmpty ? 0 : MapShape.Number(value)), !flags.IsEmpty && (flags[^1] & NfTables.Elements.IntervalEnd) != 0));
                    }
        });
        return elements;

        static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data) => new Attributes(data).Find(NfTables.Data.Value);
    }

    private void Dump(ushort type, Action<MessageWriter> ask, string what, Action restart, MessageReader read) => socket.Dump(writer, () =>
    {
        writer.Clear();
        writer.Begin(type, RequestFlags.Dump, NfTables.Inet);
        ask(writer);
        writer.End();
    }, what, restart, read);
}
