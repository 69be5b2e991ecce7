using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>Reads the table back from the kernel.</summary>
internal sealed class TableReader(NetlinkSocket socket, MessageWriter writer)
{
    /// <summary>Whether the table is there and nobody made it dormant.</summary>
    public bool IsThere()
    {
        var isThere = false;
        try
        {
            writer.Clear();
            writer.Begin(NfTables.Message.GetTable, RequestFlags.None, writer.Family);
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

    /// <summary>What a map holds.</summary>
    public Dictionary<ElementKey, ulong> Read(MapShape shape)
    {
        Dictionary<ElementKey, ulong> elements = [];
        // A hash that the kernel makes larger meanwhile may tell of an element twice.
        if (shape.Kind != MapKind.Interval)
        {
            Each(shape, elements.Clear, e => elements[shape.Kind == MapKind.ConcatenatedInterval ? new(MapShape.Number(e.Key), MapShape.Number(e.Last)) : shape.Read(e.Key)] = e.Value);
            return elements;
        }

        List<(UInt128 Key, bool Begins, ulong Value)> edges = [];
        Each(shape, edges.Clear, e => edges.Add((MapShape.Number(e.Key), !e.IsEnd, e.Value)));
        // An end and a beginning may lie on the same value: the end closes what is before it.
        edges.Sort((one, other) => (one.Key, one.Begins).CompareTo((other.Key, other.Begins)));
        (UInt128 First, ulong Value)? open = null;
        foreach (var (key, begins, value) in edges)
        {
            if (open is { } range)
                elements[new(range.First, key - 1)] = range.Value;
            open = begins ? (key, value) : null;
        }

        if (open is { } rest)
            elements[new(rest.First, ProgramEncoding.Highest(shape))] = rest.Value;
        return elements;
    }

    /// <summary>The connections that stay cut.</summary>
    public List<Tomb> Tombs()
    {
        List<Tomb> tombs = [];
        foreach (var family in IpFamily.Both)
        {
            var before = tombs.Count;
            Each(Maps.Instance.Tombstone[family], () => tombs.RemoveRange(before, tombs.Count - before), e => tombs.Add(Tomb.Held(family, e.Key, ProgramEncoding.SideOf(e.Comment))));
        }

        return tombs;
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

    /// <summary>Each rule, in order: chain, comment and steps in words, and the steps with every value in them, as the kernel tells them.</summary>
    public IReadOnlyList<(string Line, byte[] Steps)> Rules()
    {
        List<(string, byte[])> rules = [];
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
            rules.Add((Line(chain, comment, steps), message.Attributes.Find(NfTables.Rule.Expressions).ToArray()));
        });
        return rules;
    }

    /// <summary>The lines of a program.</summary>
    public static IEnumerable<string> LinesOf(Program program) => program.Chains.SelectMany(c => c.Rules.Select(r => Line(c.Name, r.Comment, r.Steps.Select(s => s.Name))));

    /// <summary>The chains of the table.</summary>
    public IReadOnlyList<HeldChain> Chains()
    {
        List<HeldChain> chains = [];
        Dump(NfTables.Message.GetChain, _ => { }, "read the chains", chains.Clear, message => chains.Add(HeldChain.Of(message)));
        return [.. chains.Where(c => c.Table == Program.Table)];
    }

    private static string Line(string chain, string comment, IEnumerable<string> steps) => $"{chain}: {comment}: {string.Join(' ', steps)}";

    // The elements of a map as the kernel gives them.
    private void Each(MapShape shape, Action restart, ElementReader read) => Dump(NfTables.Message.GetElements, request =>
    {
        request.Text(NfTables.Elements.TableName, Program.Table);
        request.Text(NfTables.Elements.SetName, shape.Name);
    }, $"read map {shape.Name}", restart, message =>
    {
        foreach (var attribute in message.Attributes)
            if (attribute.Type == NfTables.Elements.List)
                foreach (var item in attribute.Inner)
                    read(HeldElement.Of(item.Inner));
    });

    private delegate void ElementReader(HeldElement element);

    private readonly ref struct HeldElement
    {
        public ReadOnlySpan<byte> Key { get; private init; }

        public ReadOnlySpan<byte> Last { get; private init; }

        public ulong Value { get; private init; }

        public bool IsEnd { get; private init; }

        public ReadOnlySpan<byte> Comment { get; private init; }

        public static HeldElement Of(Attributes attributes)
        {
            ReadOnlySpan<byte> key = default, last = default, comment = default;
            ulong value = 0;
            var isEnd = false;
            foreach (var attribute in attributes)
                switch (attribute.Type)
                {
                    case NfTables.Elements.Key:
                        key = attribute.Inner.Find(NfTables.Data.Value);
                        break;
                    case NfTables.Elements.KeyEnd:
                        last = attribute.Inner.Find(NfTables.Data.Value);
                        break;
                    case NfTables.Elements.Data:
                        value = (ulong)MapShape.Number(attribute.Inner.Find(NfTables.Data.Value));
                        break;
                    case NfTables.Elements.Flags:
                        isEnd = (attribute.Number & NfTables.Elements.IntervalEnd) != 0;
                        break;
                    case NfTables.Elements.UserData:
                        comment = attribute.Value;
                        break;
                }

            return new() { Key = key, Last = last, Value = value, IsEnd = isEnd, Comment = comment };
        }
    }

    private void Dump(ushort type, Action<MessageWriter> ask, string what, Action restart, MessageReader read) => socket.Dump(writer, () =>
    {
        writer.Clear();
        writer.Begin(type, RequestFlags.Dump, writer.Family);
        ask(writer);
        writer.End();
    }, what, restart, read);
}
