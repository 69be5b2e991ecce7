using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Cli.Ui;

/// <summary>The policies that each tab tries on top of the cluster.</summary>
internal sealed class Proposals
{
    private const int MostTabs = 64;

    private readonly Dictionary<string, (Proposal Proposal, long Number)> tabs = new(StringComparer.Ordinal);
    private long number;

    /// <summary>Of more than 64 tabs that propose something, the one that did so longest ago is forgotten.</summary>
    public void Put(string tab, Proposal proposal)
    {
        lock (tabs)
        {
            tabs.Remove(tab);
            if (proposal.Files.Count == 0)
                return;
            if (tabs.Count >= MostTabs)
                tabs.Remove(tabs.MinBy(t => t.Value.Number).Key);
            tabs[tab] = (proposal, ++number);
        }
    }

    /// <summary>The cluster as it would be; the cluster itself where nothing is proposed.</summary>
    public Exploration On(Exploration cluster, string tab)
    {
        if (Of(tab) is not { } proposal)
            return cluster;
        var read = Read(proposal);
        var snapshot = read.Snapshot.Policies.Aggregate(cluster.Compiled.Snapshot, Put);
        // Lines can be shown of the proposal only; what a live cluster holds has none.
        return new(cluster.Manifests with { Snapshot = snapshot, Sources = read.Sources, Diagnostics = [.. read.Diagnostics.Where(IsAboutPolicies)] }, cluster.Compiled.Update(snapshot), cluster);
    }

    private Proposal? Of(string tab)
    {
        lock (tabs)
            return tabs.TryGetValue(tab, out var known) ? known.Proposal : null;
    }

    public static Manifests Read(Proposal proposal) => ManifestReader.Read(proposal.Files.Select(f => ManifestSource.OfText(f.Name, f.Text)));

    // The namespaces of a proposal are the cluster's; that no manifest declares them is no news.
    private static bool IsAboutPolicies(Diagnostic diagnostic) => diagnostic.Code != DiagnosticCodes.UndeclaredNamespace;

    private static Snapshot Put(Snapshot snapshot, NetworkPolicy policy)
    {
        var block = snapshot.Find(policy.Id.Namespace) ?? new NamespaceBlock(policy.Id.Namespace, Labels.None, [], []) { IsDeclared = false };
        return snapshot.With(block.With(policies: block.Policies.Where(p => p.Id != policy.Id).Append(policy)));
    }
}
