namespace Podwall.Kubernetes;

/// <summary>
/// What the last reading made of the documents of its YAML, for whoever reads again after each edit: a document that
/// has not changed is not parsed again, wherever it stands by now, nor are its objects read again where they did not move.
/// For one reading at a time, always with the same options.
/// </summary>
public sealed class ReadingMemory
{
    private Dictionary<(string File, string Text), Known> last = [];
    private Dictionary<(string File, string Text), Known> present = [];

    private Dictionary<MappingNode, object> lastMade = [];
    private Dictionary<MappingNode, object> presentMade = [];

    internal IReadOnlyList<TreeNode>? Recall(string file, YamlChunk chunk)
    {
        if (!last.TryGetValue((file, chunk.Text), out var known))
            return null;
        var moved = chunk.LinesBefore - known.LinesBefore;
        // Aliases may stand for more nodes than were written; to copy each would cost more than to parse.
        if (moved != 0 && known.Roots.Sum(r => r.Size) > chunk.Text.Length)
            return null;
        var roots = moved == 0 ? known.Roots : [.. known.Roots.Select(r => r.Moved(moved))];
        Keep(file, chunk, roots);
        return roots;
    }

    internal void Keep(string file, YamlChunk chunk, IReadOnlyList<TreeNode> roots) => present[(file, chunk.Text)] = new(chunk.LinesBefore, roots);

    /// <summary>What was made of an object, as long as the tree of the object is the very same.</summary>
    internal T Made<T>(MappingNode root, Func<T> make)
        where T : class
    {
        var made = lastMade.TryGetValue(root, out var known) && known is T same ? same : make();
        presentMade[root] = made;
        return made;
    }

    /// <summary>Ends a reading: what it did not meet is forgotten.</summary>
    internal void Turn() => (last, present, lastMade, presentMade) = (present, [], presentMade, []);

    private readonly record struct Known(int LinesBefore, IReadOnlyList<TreeNode> Roots);
}
