namespace Podwall.Drawing.Svg.Layout;

/// <summary>Numbers the nodes of a graph so that edges lead to higher numbers, as far as cycles let them.</summary>
internal static class Ranks
{
    public static int[] Of(int count, IEnumerable<(int From, int To)> edges)
    {
        var onward = edges.Where(e => e.From != e.To).Distinct().ToLookup(e => e.From, e => e.To);
        var (state, order, kept) = (new int[count], new List<int>(), new HashSet<(int From, int To)>());
        for (var node = 0; node < count; node++)
            Visit(node);
        var rank = new int[count];
        foreach (var node in Enumerable.Reverse(order))
            foreach (var next in onward[node].Where(n => kept.Contains((node, n))))
                rank[next] = Math.Max(rank[next], rank[node] + 1);
        // A node that nothing leads to stands right before the first one that it leads to.
        for (var node = 0; node < count; node++)
            if (!kept.Any(e => e.To == node) && kept.Any(e => e.From == node))
                rank[node] = kept.Where(e => e.From == node).Min(e => rank[e.To]) - 1;
        return rank;

        void Visit(int node)
        {
            if (state[node] != 0)
                return;
            state[node] = 1;
            foreach (var next in onward[node].Order())
            {
                // An edge back to a node on the way here would close a cycle.
                if (state[next] != 1)
                    kept.Add((node, next));
                Visit(next);
            }

            state[node] = 2;
            order.Add(node);
        }
    }
}
