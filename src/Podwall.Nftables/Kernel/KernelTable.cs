using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>The table in the kernel of this network namespace, and nothing else of it.</summary>
public sealed class KernelTable : IDisposable
{
    private readonly NetlinkSocket socket = new();
    private readonly MessageWriter writer = new();
    private readonly Program program;

    /// <exception cref="NetlinkException">The kernel has no nf_tables, or the right to change it is missing.</exception>
    public KernelTable(Program? program = null) => this.program = program ?? Program.Instance;

    /// <summary>Replaces whatever the table was by the program with this content, in one batch where the kernel takes one.</summary>
    public void Install(Contents contents)
    {
        writer.Clear();
        writer.BeginBatch();
        // Deleting needs a table that is there.
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        foreach (var counter in Program.Counters)
            writer.Counter(counter);
        uint id = 0;
        foreach (var shape in program.Maps.All)
            writer.Set(shape, ++id);
        foreach (var chain in program.Chains)
            writer.Chain(chain);
        foreach (var chain in program.Chains)
            foreach (var rule in chain.Rules)
                writer.Rule(chain, rule);
        writer.EndBatch();
        Commit("load the program");
        Apply([.. contents.All.Select(c => c.From(new Dictionary<ElementKey, ulong>())).OfType<MapDelta>()]);
        contents.Committed();
    }

    /// <summary>Commits everything that changed; all of it or, when it throws, nothing.</summary>
    /// <returns>How many elements were sent.</returns>
    public int Apply(Contents contents)
    {
        var deltas = contents.Pending();
        Apply(deltas);
        contents.Committed();
        return deltas.Sum(d => d.Count);
    }

    /// <summary>Makes the kernel hold the contents, whatever it holds now.</summary>
    /// <returns>What had to be mended, by map.</returns>
    public IReadOnlyList<MapDelta> Repair(Contents contents)
    {
        MapDelta[] deltas = [.. contents.All.Select(c => c.From(Read(c.Shape))).OfType<MapDelta>()];
        Apply(deltas);
        contents.Committed();
        return deltas;
    }

    private void Apply(IReadOnlyList<MapDelta> deltas)
    {
        if (deltas.Count == 0)
            return;
        writer.Clear();
        writer.BeginBatch();
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Removed, add: false);
        foreach (var delta in deltas)
            writer.Elements(delta.Shape, delta.Added, add: true);
        writer.EndBatch();
        Commit("change the table");
    }

    private void Commit(string what)
    {
        if (!socket.HasRoomFor(writer.Length))
            throw new NetlinkException(NetlinkException.TooLarge, what);
        socket.Send(writer.Written);
        // The kernel has decided when the send returns; it answers only to what it refuses.
        NetlinkException? refused = null;
        while (socket.TryReceive(out var messages))
            foreach (var message in messages)
                if (message.Type == NfTables.Error && message.Error != 0)
                    refused ??= new(message.Error, $"{what} (message {message.Sequence})");
        if (refused is not null)
            throw refused;
    }

    /// <summary>Removes the table, if it is there.</summary>
    public void Delete()
    {
        writer.Clear();
        writer.BeginBatch();
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        writer.Table(NfTables.Message.DeleteTable, RequestFlags.None);
        writer.EndBatch();
        Commit("delete the table");
    }

    /// <summary>What a map holds.</summary>
    public IReadOnlyDictionary<ElementKey, ulong> Read(MapShape shape)
    {
        List<(UInt128 Key, UInt128 Last, ulong Value, bool IsEnd)> read = [];
        Dictionary<ElementKey, ulong> elements = [];
        Dump(NfTables.Message.GetElements, request =>
        {
            request.Text(NfTables.Elements.TableName, Program.Table);
            request.Text(NfTables.Elements.SetName, shape.Name);
        }, $"read map {shape.Name}", message =>
        {
            foreach (var attribute in message.Attributes)
                if (attribute.Type == NfTables.Elements.List)
                    foreach (var item in attribute.Inner)
                    {
                        var key = new Attributes(item.Inner.Find(NfTables.Elements.Key)).Find(NfTables.Data.Value);
                        var last = new Attributes(item.Inner.Find(NfTables.Elements.KeyEnd)).Find(NfTables.Data.Value);
                        var value = new Attributes(item.Inner.Find(NfTables.Elements.Data)).Find(NfTables.Data.Value);
                        var flags = item.Inner.Find(NfTables.Elements.Flags);
                        var number = (ulong)(value.IsEmpty ? 0 : MapShape.Number(value));
                        if (shape.Kind == MapKind.Interval)
                            read.Add((MapShape.Number(key), 0, number, !flags.IsEmpty && (flags[^1] & NfTables.Elements.IntervalEnd) != 0));
                        else if (shape.Kind == MapKind.ConcatenatedInterval)
                            elements[new(MapShape.Number(key), MapShape.Number(last))] = number;
                        else
                            elements[shape.Read(key)] = number;
                    }
        });
        if (shape.Kind != MapKind.Interval)
            return elements;
        // An end and a beginning may lie on the same value: the end closes what is before it.
        (UInt128 First, ulong Value)? open = null;
        foreach (var (key, _, value, isEnd) in read.OrderBy(r => r.Key).ThenBy(r => !r.IsEnd))
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
        Dump(NfTables.Message.GetObject, request => request.Text(NfTables.Object.TableName, Program.Table), "read the counters", message =>
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

    private delegate void Reader(Message message);

    private void Dump(ushort type, Action<MessageWriter> ask, string what, Reader read)
    {
        writer.Clear();
        writer.Begin(type, RequestFlags.Dump, NfTables.Inet);
        ask(writer);
        writer.End();
        socket.Send(writer.Written);
        while (true)
            foreach (var message in socket.Receive())
            {
                if (message.Type == NfTables.Done)
                    return;
                if (message.Type == NfTables.Error)
                    throw new NetlinkException(message.Error, what);
                read(message);
            }
    }

    public void Dispose() => socket.Dispose();
}
