using System.Globalization;
using Podwall.Policy;

namespace Podwall.Benchmarks.Floor;

/// <summary>
/// Writes the ingress half of a snapshot for <c>floor.c</c>, with labels, selectors and peers as numbers. Only what the
/// measured workloads use is understood: equality selectors, TCP, and blocks that hold no pod.
/// </summary>
public sealed class FloorFile
{
    private readonly Dictionary<(string, string), int> labels = [];
    private readonly Dictionary<Selector, int> selectors = [];
    private readonly Dictionary<(int Namespace, int InNamespaces, int Pods), int> peers = [];
    private readonly Snapshot snapshot;

    private FloorFile(Snapshot snapshot) => this.snapshot = snapshot;

    /// <summary>A TCP port of each port class that the rules tell apart, the one where nothing is named left out.</summary>
    public required ValueList<ushort> PortClasses { get; init; }

    public static FloorFile Write(string path, Snapshot snapshot)
    {
        var named = snapshot.Namespaces.SelectMany(n => Ingress(n).SelectMany(r => r.Ports.Select(p => Range(n, p)))).Distinct().ToArray();
        var starts = named.SelectMany(r => new[] { (int)r.First, r.Last + 1 }).Distinct().Order();
        var file = new FloorFile(snapshot)
        {
            PortClasses = starts.Where(s => named.Any(r => r.Contains(s))).Select(s => (ushort)s).ToValueList(),
        };
        if (file.PortClasses.Count > 64)
            throw new NotSupportedException($"{file.PortClasses.Count} port classes do not fit in a word.");
        var body = new StringWriter(CultureInfo.InvariantCulture);
        for (var n = 0; n < snapshot.Namespaces.Count; n++)
            file.WriteNamespace(body, n);
        using var all = new StreamWriter(path);
        all.WriteLine(file.PortClasses.Count);
        all.WriteLine(file.selectors.Count);
        foreach (var selector in file.selectors.Keys.ToArray())
            all.WriteLine(Listed(selector.Requirements.AsSpan().ToArray().Select(r => file.Label((Requirement.OneOf)r))));
        all.WriteLine(file.peers.Count);
        foreach (var (ns, inNamespaces, pods) in file.peers.Keys)
            all.WriteLine($"{ns} {inNamespaces} {pods}");
        all.WriteLine($"{snapshot.Namespaces.Count} {snapshot.Pods.Count()}");
        all.Write(body);
        return file;
    }

    private void WriteNamespace(StringWriter body, int number)
    {
        var block = snapshot.Namespaces[number];
        body.WriteLine(Listed(block.Labels.Select(Label)));
        body.WriteLine(block.Pods.Count);
        foreach (var pod in block.Pods)
            body.WriteLine(Listed(pod.Labels.Select(Label)));
        var policies = block.Policies.Where(p => p.Ingress is not null).ToArray();
        body.WriteLine(policies.Length);
        foreach (var policy in policies)
        {
            body.WriteLine($"{Number(policy.Subject)} {policy.Ingress!.Value.Count}");
            foreach (var rule in policy.Ingress.Value)
                body.WriteLine($"{Listed(ClassesOf(block, rule))} {Listed(PeersOf(number, rule))}");
        }
    }

    private IEnumerable<int> ClassesOf(NamespaceBlock block, Rule rule) => Enumerable.Range(0, PortClasses.Count)
        .Where(c => rule.AnyPort || rule.Ports.Any(p => Range(block, p).Contains(PortClasses[c])));

    private IEnumerable<int> PeersOf(int ns, Rule rule) => (rule.AnyPeer ? [new Peer.PodsIn(Selector.Everything, Selector.Everything)] : rule.Peers)
        .Where(p => p is not Peer.Network).Select(p => p switch
        {
            Peer.PodsHere(var pods) => (ns, 0, Number(pods)),
            Peer.PodsIn(var namespaces, var pods) => (-1, Number(namespaces), Number(pods)),
            _ => throw new NotSupportedException($"{p}"),
        }).Select(p => Numbered(peers, p)).Distinct();

    private static PortRange Range(NamespaceBlock block, PortMatch port) => port switch
    {
        PortMatch.Numbered(Protocol.Tcp, var range) => range,
        // Every pod of these workloads gives a name the same number.
        PortMatch.Named(Protocol.Tcp, var name) => block.Pods.SelectMany(p => p.Ports).Where(p => p.Name == name).Select(p => new PortRange(p.Number, p.Number)).Distinct().Single(),
        _ => throw new NotSupportedException($"{port}"),
    };

    private static IEnumerable<Rule> Ingress(NamespaceBlock block) => block.Policies.SelectMany(p => p.Ingress ?? []);

    private int Number(Selector selector) => Numbered(selectors, selector);

    private int Label(Requirement.OneOf term) => Numbered(labels, (term.Key, term.Values.Single()));

    private int Label(KeyValuePair<string, string> label) => Numbered(labels, (label.Key, label.Value));

    private static int Numbered<T>(Dictionary<T, int> numbers, T value)
        where T : notnull
    {
        numbers.TryAdd(value, numbers.Count);
        return numbers[value];
    }

    private static string Listed(IEnumerable<int> numbers) => numbers.ToArray() is var all ? $"{all.Length} {string.Join(' ', all)}" : "";
}
