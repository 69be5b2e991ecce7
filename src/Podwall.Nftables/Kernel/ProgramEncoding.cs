using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>The table as nf_tables messages.</summary>
internal static class ProgramEncoding
{
    public static void BeginBatch(this MessageWriter writer) => writer.Begin(NfTables.BatchBegin, RequestFlags.None, 0, NfTables.Subsystem);

    public static void EndBatch(this MessageWriter writer)
    {
        writer.Begin(NfTables.BatchEnd, RequestFlags.None, 0, NfTables.Subsystem);
        writer.End();
    }

    public static void Table(this MessageWriter writer, ushort message, RequestFlags flags)
    {
        writer.Begin(message, flags, writer.Family);
        writer.Text(NfTables.Table.Name, Model.Program.Table);
    }

    public static void Counter(this MessageWriter writer, string name)
    {
        writer.Begin(NfTables.Message.NewObject, RequestFlags.Create, writer.Family);
        writer.Text(NfTables.Object.TableName, Model.Program.Table);
        writer.Text(NfTables.Object.Name, name);
        writer.Number(NfTables.Object.Kind, NfTables.Object.Counter);
        var content = writer.Open(NfTables.Object.Content);
        writer.Number(NfTables.Object.CounterBytes, 0UL);
        writer.Number(NfTables.Object.CounterPackets, 0UL);
        writer.Close(content);
    }

    public static void Set(this MessageWriter writer, MapShape shape, uint id)
    {
        writer.Begin(NfTables.Message.NewSet, RequestFlags.Create, writer.Family);
        writer.Text(NfTables.Set.TableName, Model.Program.Table);
        writer.Text(NfTables.Set.Name, shape.Name);
        writer.Number(NfTables.Set.Flags, Flags(shape));
        writer.Number(NfTables.Set.KeyType, shape.Key.Aggregate(0u, (types, f) => types << 6 | (uint)f.Number));
        writer.Number(NfTables.Set.KeyLength, (uint)shape.KeyLength);
        if (shape.ValueWords > 0)
        {
            writer.Number(NfTables.Set.DataType, (uint)Field.Word.Number);
            writer.Number(NfTables.Set.DataLength, 4 * (uint)shape.ValueWords);
        }

        if (shape.Kind == MapKind.ConcatenatedInterval)
            Fields(writer, shape);
        writer.Number(NfTables.Set.Id, id);
        if (shape.Kind == MapKind.Expiring)
            writer.Number(NfTables.Set.Timeout, (ulong)Maps.Silence.TotalMilliseconds);
    }

    private static uint Flags(MapShape shape) => (shape.ValueWords > 0 ? NfTables.Set.Map : 0) | shape.Kind switch
    {
        MapKind.Interval => NfTables.Set.Interval,
        MapKind.ConcatenatedInterval => NfTables.Set.Interval | NfTables.Set.Concatenated,
        MapKind.Expiring => NfTables.Set.HasTimeout | NfTables.Set.Evaluated,
        _ => 0,
    };

    private static void Fields(MessageWriter writer, MapShape shape)
    {
        var description = writer.Open(NfTables.Set.Description);
        var fields = writer.Open(NfTables.Set.DescriptionConcat);
        foreach (var field in shape.Key)
        {
            var item = writer.Open(NfTables.ListItem);
            writer.Number(NfTables.Set.FieldLength, (uint)field.Length);
            writer.Close(item);
        }

        writer.Close(fields);
        writer.Close(description);
    }

    public static void Chain(this MessageWriter writer, Chain chain)
    {
        writer.Begin(NfTables.Message.NewChain, RequestFlags.Create, writer.Family);
        writer.Text(NfTables.Chain.TableName, Model.Program.Table);
        writer.Text(NfTables.Chain.Name, chain.Name);
        if (chain.Hook is not { } place)
            return;
        var hook = writer.Open(NfTables.Chain.Hook);
        writer.Number(NfTables.Chain.HookNumber, place.Number);
        writer.Number(NfTables.Chain.HookPriority, unchecked((uint)place.Priority));
        writer.Close(hook);
        writer.Number(NfTables.Chain.Policy, (uint)Outcome.Accept);
        writer.Text(NfTables.Chain.Type, "filter");
    }

    public static void Rule(this MessageWriter writer, Chain chain, Model.Rule rule)
    {
        writer.Begin(NfTables.Message.NewRule, RequestFlags.Create | RequestFlags.Append, writer.Family);
        writer.Text(NfTables.Rule.TableName, Model.Program.Table);
        writer.Text(NfTables.Rule.ChainName, chain.Name);
        var steps = writer.Open(NfTables.Rule.Expressions);
        foreach (var step in rule.Steps)
        {
            var item = writer.Open(NfTables.ListItem);
            writer.Text(NfTables.ExpressionName, step.Name);
            var data = writer.Open(NfTables.ExpressionData);
            step.Encode(writer);
            writer.Close(data);
            writer.Close(item);
        }

        writer.Close(steps);
        // nft shows this as the rule's comment: type 0, length, text.
        byte[] comment = [.. System.Text.Encoding.UTF8.GetBytes(rule.Comment), 0];
        writer.Bytes(NfTables.Rule.UserData, [0, (byte)comment.Length, .. comment]);
    }

    /// <summary>Deletes all elements.</summary>
    public static void Flush(this MessageWriter writer, MapShape shape)
    {
        writer.Begin(NfTables.Message.DeleteElements, RequestFlags.None, writer.Family);
        writer.Text(NfTables.Elements.TableName, Model.Program.Table);
        writer.Text(NfTables.Elements.SetName, shape.Name);
    }

    /// <summary>Adds or deletes elements, in as many messages as they need.</summary>
    public static void Elements(this MessageWriter writer, MapShape shape, IReadOnlyList<Element> elements, bool add)
    {
        // One attribute holds 64 KiB.
        const int Most = 60_000;
        int start = -1, list = -1;
        foreach (var element in elements)
        {
            if (start >= 0 && writer.Length - start > Most)
            {
                writer.Close(list);
                start = -1;
            }

            if (start < 0)
            {
                start = writer.Length;
                writer.Begin(add ? NfTables.Message.NewElements : NfTables.Message.DeleteElements, add ? RequestFlags.Create : RequestFlags.None, writer.Family);
                writer.Text(NfTables.Elements.TableName, Model.Program.Table);
                writer.Text(NfTables.Elements.SetName, shape.Name);
                list = writer.Open(NfTables.Elements.List);
            }

            writer.Element(shape, element);
        }

        if (start >= 0)
            writer.Close(list);
    }

    private static void Element(this MessageWriter writer, MapShape shape, Element element)
    {
        Span<byte> key = stackalloc byte[shape.KeyLength];
        shape.WriteFirst(element.Key, key);
        Span<byte> value = stackalloc byte[4 * shape.ValueWords];
        if (value.Length > 0)
            shape.Write(element.Value, value);
        Span<byte> last = stackalloc byte[key.Length];
        if (shape.Kind == MapKind.ConcatenatedInterval)
            shape.Write(element.Key.Second, last);
        Item(writer, key, shape.Kind == MapKind.ConcatenatedInterval ? last : default, value, 0);
        // A range of one value is two elements; one that reaches the end of all values needs no end.
        if (shape.Kind != MapKind.Interval || element.Key.Second == Highest(shape))
            return;
        shape.Write(element.Key.Second + 1, last);
        Item(writer, last, default, default, NfTables.Elements.IntervalEnd);
    }

    public static UInt128 Highest(MapShape shape) => shape.KeyLength == 16 ? UInt128.MaxValue : (UInt128.One << (8 * shape.KeyLength)) - 1;

    private static void Item(MessageWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> last, ReadOnlySpan<byte> value, uint flags)
    {
        var item = writer.Open(NfTables.ListItem);
        if (flags != 0)
            writer.Number(NfTables.Elements.Flags, flags);
        Data(writer, NfTables.Elements.Key, key);
        if (!last.IsEmpty)
            Data(writer, NfTables.Elements.KeyEnd, last);
        if (!value.IsEmpty)
            Data(writer, NfTables.Elements.Data, value);
        writer.Close(item);
    }

    private static void Data(MessageWriter writer, int attribute, ReadOnlySpan<byte> value)
    {
        var data = writer.Open(attribute);
        writer.Bytes(NfTables.Data.Value, value);
        writer.Close(data);
    }

    // What nft shows as an element's comment: type 0, length, text.
    private static readonly byte[] OpeningComment = [0, 7, .. "opened\0"u8], AnswerComment = [0, 7, .. "answer\0"u8];

    /// <summary>The side that an element's comment names.</summary>
    public static TombSide SideOf(ReadOnlySpan<byte> comment) =>
        comment.SequenceEqual(OpeningComment) ? TombSide.Opening : comment.SequenceEqual(AnswerComment) ? TombSide.Answer : TombSide.None;

    /// <summary>Adds or takes away tombstones of one family.</summary>
    public static void Tombstones(this MessageWriter writer, MapShape shape, IEnumerable<Tomb> tombs, bool add)
    {
        // Far below the 64 KiB of one attribute.
        const int Most = 500;
        foreach (var some in tombs.Chunk(Most))
        {
            writer.Begin(add ? NfTables.Message.NewElements : NfTables.Message.DeleteElements, add ? RequestFlags.Create : RequestFlags.None, writer.Family);
            writer.Text(NfTables.Elements.TableName, Model.Program.Table);
            writer.Text(NfTables.Elements.SetName, shape.Name);
            var list = writer.Open(NfTables.Elements.List);
            foreach (var tomb in some)
            {
                var item = writer.Open(NfTables.ListItem);
                if (add)
                    writer.Number(NfTables.Elements.Timeout, (ulong)tomb.Silence.TotalMilliseconds);
                Data(writer, NfTables.Elements.Key, tomb.Key);
                if (add && tomb.Side != TombSide.None)
                    writer.Bytes(NfTables.Elements.UserData, tomb.Side == TombSide.Opening ? OpeningComment : AnswerComment);
                writer.Close(item);
            }

            writer.Close(list);
        }
    }

    /// <summary>Everything that never changes: the table, its counters, sets, chains and rules.</summary>
    public static void Program(this MessageWriter writer, Program program)
    {
        writer.Table(NfTables.Message.NewTable, RequestFlags.Create);
        foreach (var counter in program.Counters)
            writer.Counter(counter);
        uint id = 0;
        foreach (var shape in program.Shapes.All)
            writer.Set(shape, ++id);
        foreach (var chain in program.Chains)
            writer.Chain(chain);
        foreach (var chain in program.Chains)
            foreach (var rule in chain.Rules)
                writer.Rule(chain, rule);
        writer.End();
    }

    /// <summary>A number that differs where the program differs.</summary>
    public static ElementKey StampOf(Program program)
    {
        MessageWriter writer = new() { Family = (byte)program.Family };
        writer.Program(program);
        return StampOf(writer.Written);
    }

    /// <summary>A number that differs where the lines differ.</summary>
    public static ElementKey StampOf(IEnumerable<string> lines) => StampOf(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    /// <summary>A number that differs where any of the parts differs.</summary>
    public static ElementKey StampOf(IEnumerable<byte[]> parts) => StampOf([.. parts.SelectMany(p => p)]);

    private static ElementKey StampOf(ReadOnlySpan<byte> bytes) => new(MapShape.Number(System.Security.Cryptography.SHA256.HashData(bytes).AsSpan(0, 8)));
}
