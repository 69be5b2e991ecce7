using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>The edits of a busy cluster. Each replaces one block; the seed says which, and nothing is remembered.</summary>
public static class Churn
{
    /// <summary>The number-th edit of a mix: half pods that come and go, a third labels, the rest policies.</summary>
    public static Snapshot Edit(Snapshot snapshot, int number)
    {
        var random = new Random(number);
        return (number % 6) switch
        {
            0 or 2 => AddPod(snapshot, random, number),
            1 => DeletePod(snapshot, random),
            3 or 4 => FlipLabel(snapshot, random),
            _ => EditPolicy(snapshot, random),
        };
    }

    public static Snapshot AddPod(Snapshot snapshot, Random random, int number)
    {
        var block = Pick(snapshot, random);
        return snapshot.With(block.With(pods: block.Pods.Append(NewPod(block.Name, snapshot.Nodes, random, number))));
    }

    /// <summary>A pod with fifteen labels, of a Deployment that rolls out; the number tells it from all others.</summary>
    public static Pod NewPod(string ns, ValueList<Node> nodes, Random random, int number)
    {
        var template = new PodTemplate(random, ns, "rollout", isStateful: false,
            [("app", $"app-{random.Next(TeamCluster.Apps)}"), .. Enumerable.Range(0, 8).Select(l => ($"example.com/label-{l}", $"value-{random.Next(100)}"))]);
        // No placement deals addresses of 10.200.0.0/13, so that no two pods contend.
        var address = Address.Parse($"10.{200 + (number >> 16) % 8}.{(number >> 8) & 255}.{number & 255}");
        return template.Stamp(number, (nodes[random.Next(nodes.Count)].Name, address));
    }

    public static Snapshot DeletePod(Snapshot snapshot, Random random)
    {
        // As many go as come, however empty some namespaces have become.
        NamespaceBlock[] inhabited = [.. snapshot.Namespaces.Where(n => n.Pods.Count > 0)];
        if (inhabited.Length == 0)
            return snapshot;
        var block = inhabited[random.Next(inhabited.Length)];
        var gone = random.Next(block.Pods.Count);
        return snapshot.With(block.With(pods: block.Pods.Where((_, i) => i != gone)));
    }

    /// <summary>One pod takes the <c>app</c> of another.</summary>
    public static Snapshot FlipLabel(Snapshot snapshot, Random random)
    {
        var block = Pick(snapshot, random);
        var flipped = random.Next(Math.Max(1, block.Pods.Count));
        return snapshot.With(block.With(pods: block.Pods.Select((p, i) =>
            i == flipped ? p with { Labels = p.Labels.With("app", $"app-{random.Next(TeamCluster.Apps)}") } : p)));
    }

    /// <summary>One ingress rule of one policy gets another port.</summary>
    public static Snapshot EditPolicy(Snapshot snapshot, Random random)
    {
        var block = Pick(snapshot, random);
        var edited = random.Next(Math.Max(1, block.Policies.Count));
        var port = TeamCluster.Ports[random.Next(TeamCluster.Ports.Count)];
        return snapshot.With(block.With(policies: block.Policies.Select((p, i) => i == edited ? p with { Ingress = Ported(p.Ingress, port) } : p)));
    }

    /// <summary>Namespaces that hold a twentieth of the pods move to another team, each block on its own.</summary>
    public static Snapshot Relabel(Snapshot snapshot, Random random)
    {
        var left = snapshot.Pods.Count() / 20;
        foreach (var block in snapshot.Namespaces.AsSpan().ToArray().OrderBy(_ => random.Next()))
        {
            if (left <= 0)
                break;
            left -= block.Pods.Count;
            snapshot = snapshot.With(block.With(labels: block.Labels.With("team", $"team-{random.Next(TeamCluster.Teams)}")));
        }

        return snapshot;
    }

    /// <summary>Every hundredth namespace changes: a pod's label and a policy's port.</summary>
    public static Snapshot OnePercent(Snapshot snapshot, Random random)
    {
        foreach (var block in snapshot.Namespaces.Where((_, i) => i % 100 == 7))
        {
            var port = TeamCluster.Ports[random.Next(TeamCluster.Ports.Count)];
            snapshot = snapshot.With(block.With(
                pods: block.Pods.Select((p, i) => i == 0 ? p with { Labels = p.Labels.With("app", $"app-{random.Next(TeamCluster.Apps)}") } : p),
                policies: block.Policies.Select((p, i) => i == 0 ? p with { Ingress = Ported(p.Ingress, port) } : p)));
        }

        return snapshot;
    }

    /// <summary>The same rules, the first with another port.</summary>
    internal static ValueList<Rule>? Ported(ValueList<Rule>? rules, ushort port) => rules is { Count: > 0 } some
        ? [some[0] with { Ports = [new PortMatch.Numbered(Protocol.Tcp, new(port, port))] }, .. some.AsSpan()[1..]]
        : rules;

    private static NamespaceBlock Pick(Snapshot snapshot, Random random) => snapshot.Namespaces[random.Next(snapshot.Namespaces.Count)];
}
