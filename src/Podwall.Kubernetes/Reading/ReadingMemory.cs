namespace Podwall.Kubernetes;

/// <summary>
/// What the last reading made of the documents of its YAML, for whoever reads again after each edit: a document that
/// has neither changed nor moved is not parsed again. For one reading at a time.
/// </summary>
public sealed class ReadingMemory
{
    private Dictionary<(string File, YamlChunk Chunk), IReadOnlyList<TreeNode>> last = [];
    private Dictionary<(string File, YamlChunk Chunk), IReadOnlyList<TreeNode>> present = [];

    internal IReadOnlyList<TreeNode>? Recall(string file, YamlChunk chunk)
    {
        if (!last.TryGetValue((file, chunk), out var roots))
            return null;
        present[(file, chunk)] = roots;
        return roots;
    }

    internal void Keep(string file, YamlChunk chunk, IReadOnlyList<TreeNode> roots) => present[(file, chunk)] = roots;

    /// <summary>Ends a reading: what it did not meet is forgotten.</summary>
    internal void Turn() => (last, present) = (present, []);
}
