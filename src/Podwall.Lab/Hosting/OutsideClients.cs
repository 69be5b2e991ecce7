using System.Collections.Concurrent;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Clients beyond the cluster, each with an address of its own, made when they are first asked for.</summary>
internal sealed class OutsideClients(LabNetwork network, PodRoot root, AddressPlan plan) : IDisposable
{
    private readonly ConcurrentDictionary<Address, Task<PodSandbox>> clients = new();
    private int number;

    /// <summary>A command line that runs another at that address, seen from the lab's first process.</summary>
    /// <exception cref="LabException">No client can have the address.</exception>
    public async Task<IReadOnlyList<string>> EnterAsync(Address address, CancellationToken cancellation)
    {
        if (!plan.Used.Contains(address.Family) || !AddressPlan.Outside.Any(r => r.Contains(address)) || Own().Any(r => r.Contains(address)))
            throw new LabException($"{address} is no address outside this lab; those are {string.Join(", ", AddressPlan.Outside.Where(r => plan.Used.Contains(r.Family)))}, without {string.Join(", ", Own())}");
        var client = await clients.GetOrAdd(address, a => StartAsync(a, cancellation));
        return [.. client.Inside(["env", "-i", $"PATH={PodRoot.SearchPath}", "HOME=/root", "TERM=xterm"])];
    }

    public void Dispose()
    {
        foreach (var client in clients.Values.Where(c => c.IsCompletedSuccessfully))
            client.Result.Dispose();
    }

    private IEnumerable<Cidr> Own() => plan.Used.SelectMany(f => (Cidr[])[AddressPlan.AllPods(f), AddressPlan.Services(f)]);

    private Task<PodSandbox> StartAsync(Address address, CancellationToken cancellation)
    {
        PodPlan client = new(new("", "outside"), LabNetwork.OutsideNode, $"client{Interlocked.Increment(ref number)}", [address]);
        return PodSandbox.StartAsync(client, root, network, plan.Resolver(""), cancellation);
    }
}
