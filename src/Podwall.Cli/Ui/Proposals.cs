using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Cli.Ui;

/// <summary>The policies that each tab tries on top of the cluster.</summary>
internal sealed class Proposals
{
    public const int MostTabs = 64;

    private readonly Dictionary<string, (Manifests Read, long Number)> tabs = new(StringComparer.Ordinal);
    private long number;

    /// <summary>Of more than 64 tabs that propose something, the one that did so longest ago is forgotten.</summary>
    public void Put(string tab, Proposal proposal)
    {
        var read = Read(proposal);
        lock (tabs)
        {
            tabs.Remove(tab);
            if (proposal.Files.Count == 0)
                return;
            if (tabs.Count >= MostTabs)
                tabs.Remove(tabs.MinBy(t => t.Value.Number).Key);
            tabs[tab] = (read, ++number);
        }
    }

    /// <summary>Null where nothing is proposed, or where it is forgotten.</summary>
    public Manifests? Of(string tab)
    {
        lock (tabs)
            return tabs.TryGetValue(tab, out var known) ? known.Read : null;
    }

    /// <summary>The cluster as it would be; the cluster itself where nothing is proposed.</summary>
    public Exploration On(Exploration cluster, string tab)
    {
        if (Of(tab) is not { } read)
            return cluster;
        var snapshot = read.Snapshot.Policies.Aggregate(cluster.Compiled.Snapshot, Put);
        // Lines can be shown of the proposal only; what a live cluster holds has none.
        return new(cluster.Manifests with { Snapshot = snapshot, Sources = read.Sources, Diagnostics = [.. read.Diagnostics.Where(IsAboutPolicies)] }, cluster.Compiled.Update(snapshot), cluster);
    }

    public static Manifests Read(Proposal proposal) => ManifestReader.Read(proposal.Files.Select(f => ManifestSource.OfText(f.Name, f.Text)));

    /// <summary>What of a proposal changes nothing, since it is no policy, such as <c>2 Pod</c>.</summary>
    public static IEnumerable<string> IgnoredOf(Manifests proposal) =>
        proposal.ReadKinds.Concat(proposal.OtherKinds).Where(k => k.Kind != "NetworkPolicy").Select(k => $"{k.Count} {k.Kind}");

    // The namespaces of a proposal are the cluster's; that no manifest declares them is no news.
    private static bool IsAboutPolicies(Diagnostic diagnostic) => diagnostic.Code != DiagnosticCodes.UndeclaredNamespace;

    private static Snapshot Put(Snapshot snapshot, NetworkPolicy policy)
    {
        var block = snapshot.Find(policy.Id.Namespace) ?? new NamespaceBlock(policy.Id.Namespace, Labels.None, [], []) { IsDeclared = false };
        return snapshot.With(block.With(policies: block.Policies.Where(p => p.Id != policy.Id).Append(policy)));
    }
}
