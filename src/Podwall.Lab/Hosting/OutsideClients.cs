using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Clients beyond the cluster, each with an address of its own, made when they are first asked for.</summary>
internal sealed class OutsideClients(LabNetwork network, PodRoot root, AddressPlan plan) : IDisposable
{
    private readonly ConcurrentDictionary<Address, Task<PodSandbox>> clients = new();
    private int number;

    /// <summary>The words that run a command at that address, seen from the lab's first process, or the problem.</summary>
    public async Task<JsonObject> EnterAsync(string text, CancellationToken cancellation)
    {
        if (!Address.TryParse(text, out var address) || !plan.Used.Contains(address.Family))
            return LabControl.Problem($"'{text}' is no {string.Join(" or ", plan.Used)} address");
        if (plan.Inside.FirstOrDefault(r => r.Contains(address)) is { PrefixLength: > 0 } own)
            return LabControl.Problem($"{address} is no address outside this lab: {own} is its own, or nobody's");
        try
        {
            var started = clients.GetOrAdd(address, a => StartAsync(a, cancellation));
            if ((await started).Ended.IsCancellationRequested && clients.TryRemove(new(address, started)))
            {
                (await started).Dispose();
                started = clients.GetOrAdd(address, a => StartAsync(a, cancellation));
            }

            return new() { ["words"] = new JsonArray([.. (await started).Inside(["env", "-i", $"PATH={PodRoot.SearchPath}", "HOME=/root", "TERM=xterm"]).Select(w => (JsonNode)w)]) };
        }
        catch (LabException failed)
        {
            clients.TryRemove(address, out _);
            return LabControl.Problem(failed.Message);
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values.Where(c => c.IsCompletedSuccessfully))
            client.Result.Dispose();
    }

    private Task<PodSandbox> StartAsync(Address address, CancellationToken cancellation)
    {
        PodPlan client = new(new("", "outside"), LabNetwork.OutsideNode, $"client{Interlocked.Increment(ref number)}", [address]);
        return PodSandbox.StartAsync(client, root, network, plan.Resolver(""), cancellation);
    }
}
