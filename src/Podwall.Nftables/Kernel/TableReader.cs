using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

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

    /// <summary>What a map holds.</summary>
    public IReadOnlyDictionary<ElementKey, ulong> Read(MapShape shape)
    {
        var read = Elements(shape);
        Dictionary<ElementKey, ulong> elements = new(read.Count);
        if (shape.Kind != MapKind.Interval)
        {
            // A hash that the kernel makes larger meanwhile may tell of an element twice.
            foreach (var element in read)
                elements[shape.Kind == MapKind.ConcatenatedInterval ? new(MapShape.Number(element.Key), MapShape.Number(element.Last)) : shape.Read(element.Key)] = element.Value;
            return elements;
        }

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

    /// <summary>Chain, comment and steps of each rule, in order.</summary>
    public IReadOnlyList<string> Rules()
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

    /// <summary>The same of a program.</summary>
    public static IEnumerable<string> RulesOf(Program program) => program.Chains.SelectMany(c => c.Rules.Select(r => Line(c.Name, r.Comment, r.Steps.Select(s => s.Name))));

    private static string Line(string chain, string comment, IEnumerable<string> steps) => $"{chain}: {comment}: {string.Join(' ', steps)}";

    /// <summary>The elements of a map as the kernel gives them.</summary>
    public List<(byte[] Key, byte[] Last, ulong Value, bool IsEnd)> Elements(MapShape shape)
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
