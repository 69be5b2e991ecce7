using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Builds one document's tree from events, without recursion and within the limits.</summary>
internal sealed class TreeBuilder(ReadingLimits limits, StringPool strings)
{
    private readonly Stack<Frame> open = new();
    private long nodes;
    private long aliased;

    /// <summary>The finished document, or null before its end.</summary>
    public TreeNode? Root { get; private set; }

    /// <summary>In a mapping that waits for a key, so that the next node is one.</summary>
    public bool WantsKey => open.TryPeek(out var top) && top is { Entries: not null, Key: null };

    public void BeginMapping(SourcePosition position, string? anchor = null) => Begin(new(position, anchor) { Entries = [] });

    public void BeginSequence(SourcePosition position, string? anchor = null) => Begin(new(position, anchor) { Items = [] });

    private void Begin(Frame frame)
    {
        if (WantsKey)
            throw new UnreadableTextException(frame.Position, "a mapping key must be a plain value, not a mapping or a list",
                "Put templates and values that begin with '{' or '[' in quotes; render Helm charts with 'helm template' first.");
        if (open.Count >= limits.Depth)
            throw TooDeep(frame.Position);
        open.Push(frame);
    }

    public void Key(string key, SourcePosition position, bool isMerge = false)
    {
        var top = open.Peek();
        (top.Key, top.KeyPosition, top.IsMerge) = (strings.Intern(key), position, isMerge);
    }

    /// <summary>Ends the innermost container and hands it to the one around it.</summary>
    public (TreeNode Node, string? Anchor) End()
    {
        var frame = open.Pop();
        TreeNode node = frame.Entries is { } entries
            ? new MappingNode(frame.Position, entries.ToValueList())
            : new SequenceNode(frame.Position, frame.Items!.ToValueList());
        Add(node);
        return (node, frame.Anchor);
    }

    public void AddAlias(TreeNode target, SourcePosition position)
    {
        aliased += target.Size;
        if (aliased > limits.AliasedNodes)
            throw new UnreadableTextException(position, $"the aliases of this document stand for more than {limits.AliasedNodes:N0} values",
                "Write the values out instead of nesting aliases.");
        if (target.Height + open.Count > limits.Depth)
            throw TooDeep(position);
        Add(target);
    }

    public void Add(TreeNode node)
    {
        if (++nodes > limits.Nodes)
            throw new UnreadableTextException(node.Position, $"the document holds more than {limits.Nodes:N0} values", "Split the file.");
        if (!open.TryPeek(out var top))
        {
            Root = node;
            return;
        }

        if (top.Items is { } items)
            items.Add(node);
        else
            top.Take(node);
    }

    private UnreadableTextException TooDeep(SourcePosition position) =>
        new(position, $"values are nested more than {limits.Depth} deep", "No Kubernetes object is nested so deep; look for a missing line break or bracket.");

    private sealed class Frame(SourcePosition position, string? anchor)
    {
        public SourcePosition Position { get; } = position;

        public string? Anchor { get; } = anchor;

        public List<MappingEntry>? Entries { get; init; }

        public List<TreeNode>? Items { get; init; }

        public string? Key { get; set; }

        public SourcePosition KeyPosition { get; set; }

        public bool IsMerge { get; set; }

        public void Take(TreeNode value)
        {
            if (IsMerge)
                Merge(value);
            else
                Entries!.Add(new(Key!, KeyPosition, value));
            Key = null;
        }

        // As go-yaml does: in the order written, where a later key holds.
        private void Merge(TreeNode value)
        {
            switch (value)
            {
                case MappingNode mapping:
                    Entries!.AddRange(mapping.Effective().Select(e => e with { IsMerged = true }));
                    break;
                case SequenceNode list when list.Items.All(i => i is MappingNode):
                    // The first of the list holds, so it is merged last.
                    foreach (var item in list.Items.Reverse())
                        Merge(item);
                    break;
                default:
                    throw new UnreadableTextException(value.Position, "map merge requires map or sequence of maps as the value",
                        "Let '<<' point to an anchor of a mapping.");
            }
        }
    }
}
