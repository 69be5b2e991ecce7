using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;

namespace Podwall.Lab.Services;

/// <summary>Keeps the rules for services on every node as the services and endpoints in the store are.</summary>
internal sealed class ServiceProxy(ObjectStore store, LabNetwork network, AddressPlan plan, Action<string> log)
{
    private readonly string[] loaded = new string[network.Nodes.Count];
    private volatile Task looked = Task.CompletedTask;

    /// <summary>The rules are those of the services and endpoints that there are.</summary>
    public bool IsQuiet => !looked.IsCompleted;

    /// <summary>Runs until it is cancelled, which ends it without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            ClusterView view = new(store);
            try
            {
                await Task.WhenAll(network.Nodes.Select((space, i) => LoadAsync(i, space, ServiceRules.Script(view, plan, $"{LabNode.Prefix}{i + 1}"), cancellation)));
                looked = view.Changed;
            }
            catch (LabException failed)
            {
                log($"services: {failed.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await view.Changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LoadAsync(int node, NetworkSpace space, string script, CancellationToken cancellation)
    {
        if (loaded[node] == script)
            return;
        await Tool.NftAsync(space, script, cancellation);
        loaded[node] = script;
    }
}
