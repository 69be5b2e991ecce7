namespace Podwall.Nftables.Netlink;

/// <summary>The numbers of <c>linux/netfilter/nf_tables.h</c> and <c>nfnetlink.h</c> that are used here.</summary>
internal static class NfTables
{
    public const byte Inet = 1;

    public const ushort BatchBegin = 0x10, BatchEnd = 0x11;

    public const ushort Subsystem = 10;

    public const ushort Error = 2, Done = 3;

    public static ushort Type(int message) => (ushort)(Subsystem << 8 | message);

    public static class Message
    {
        public static readonly ushort NewTable = Type(0), GetTable = Type(1), DeleteTable = Type(2), NewChain = Type(3), GetChain = Type(4), NewRule = Type(6), GetRule = Type(7),
            NewSet = Type(9), GetSet = Type(10), DeleteSet = Type(11), NewElements = Type(12), GetElements = Type(13), DeleteElements = Type(14),
            GetGeneration = Type(16), NewObject = Type(18), GetObject = Type(19);
    }

    public static class Table
    {
        public const int Name = 1, Flags = 2;
    }

    public static class Generation
    {
        public const int Id = 1;
    }

    public static class Chain
    {
        public const int TableName = 1, Name = 3, Hook = 4, Policy = 5, Type = 7;
        public const int HookNumber = 1, HookPriority = 2;
    }

    public static class Rule
    {
        public const int TableName = 1, ChainName = 2, Expressions = 4, UserData = 7;
    }

    public static class Set
    {
        public const int TableName = 1, Name = 2, Flags = 3, KeyType = 4, KeyLength = 5, DataType = 6, DataLength = 7, Description = 9, Id = 10, Timeout = 11;
        public const int DescriptionSize = 1, DescriptionConcat = 2, FieldLength = 1;
        public const uint Interval = 4, Map = 8, HasTimeout = 0x10, Evaluated = 0x20, Concatenated = 0x80;
    }

    public static class Elements
    {
        public const int TableName = 1, SetName = 2, List = 3;
        public const int Key = 1, Data = 2, Flags = 3, Timeout = 4, UserData = 6, KeyEnd = 10;
        public const uint IntervalEnd = 1;
    }

    public static class Data
    {
        public const int Value = 1, Verdict = 2, VerdictCode = 1, VerdictChain = 2;
    }

    public static class Object
    {
        public const int TableName = 1, Name = 2, Kind = 3, Content = 4;
        public const uint Counter = 1;
        public const int CounterBytes = 1, CounterPackets = 2;
    }

    public const int ListItem = 1, ExpressionName = 1, ExpressionData = 2;
}
