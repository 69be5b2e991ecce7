using Podwall.Nftables.Kernel;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>
/// Addresses whose pod is not behind its cable any more. The kernel tells it before the API server does, and another pod may
/// have the address by then: nobody has the pod's rights until it is known whose the address is.
/// </summary>
internal sealed class Vacancies(AddressOwners owners, PortGuard guard, AgentLog log, TimeProvider time) : IDisposable
{
    /// <summary>
    /// A pod that comes back to its address behind another cable is believed after this time: by then the API server would have
    /// told of another pod.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly PodLinks pods = new();
    private readonly Dictionary<Address, Vacancy> vacant = [];
    private Dictionary<Address, int>? links;
    private volatile bool isDue = true;

    /// <summary>Waits until the cable of a pod may have come or gone.</summary>
    public async Task ChangeAsync(CancellationToken cancellation)
    {
        await pods.ChangeAsync(cancellation);
        isDue = true;
    }

    /// <summary>
    /// Looks behind which interface each address is, where that may have changed, and closes those whose cable has gone. Where
    /// the kernel does not tell, everything stays as it is until it does.
    /// </summary>
    public void Look(Contents contents)
    {
        isDue |= pods.HasChanged();
        if (!isDue)
            return;
        try
        {
            var now = Links();
            foreach (var (address, link) in links ?? [])
                if (owners.Of(address) is not { } owner)
                    continue;
                // A route may come and go while the cable stays.
                else if (now.TryGetValue(address, out var current) ? current == link : pods.IsThere(link))
                    now[address] = link;
                else if (vacant.TryAdd(address, new(owner, null)))
                {
                    owners.Stale.Add(address);
                    contents.ReadyOf(address).Remove(ElementKey.Of(address));
                    log.Info("an address is closed until it is known whose it is: its pod's cable has gone", ("address", address));
                }

            foreach (var (address, vacancy) in vacant)
                if (!now.TryGetValue(address, out var link))
                    vacant[address] = vacancy with { Back = null };
                else if (vacancy.Back is null || links?.GetValueOrDefault(address) != link)
                    vacant[address] = vacancy with { Back = time.GetTimestamp() };
            (links, isDue) = (now, false);
        }
        catch (NetlinkException untold)
        {
            log.Error("where the cables of pods lead is not known", ("reason", untold.Message));
        }
    }

    /// <summary>Takes over behind which ports of bridges addresses are of which that was not known.</summary>
    public void Learn()
    {
        foreach (var (address, port) in guard.Ports)
            links?.TryAdd(address, port);
    }

    /// <summary>Ends what is vacant no more: the address is another's, or nobody's, or its pod came back to stay. The rest is closed, whatever the cluster says.</summary>
    public void End(Contents contents)
    {
        foreach (var (address, vacancy) in vacant)
            if (owners.Of(address) is not { } owner || !AddressOwners.AreSame(owner, vacancy.Owner))
                vacant.Remove(address);
            else if (!owner.IsTerminating && vacancy.Back is { } since && time.GetElapsedTime(since) >= Grace)
            {
                vacant.Remove(address);
                contents.ReadyOf(address).Set(ElementKey.Of(address));
            }
            else
                contents.ReadyOf(address).Remove(ElementKey.Of(address));
    }

    public void Dispose() => pods.Dispose();

    private Dictionary<Address, int> Links()
    {
        var now = pods.Read();
        if (guard.IsNeeded)
            guard.Look();
        foreach (var (address, port) in guard.Ports)
            now.TryAdd(address, port);
        return now;
    }

    /// <param name="Back">Since when there is a cable for the address again.</param>
    private sealed record Vacancy(Pod Owner, long? Back);
}
