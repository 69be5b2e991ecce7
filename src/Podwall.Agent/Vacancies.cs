using Podwall.Nftables.Kernel;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>
/// Addresses whose pod is not behind its cable any more. The kernel tells it before the API server does, and another pod may
/// have the address by then: nobody has the pod's rights until it is known whose the address is.
/// </summary>
internal sealed class Vacancies(PodLinks pods, AddressOwners owners, PortGuard guard, AgentLog log, TimeProvider time) : IDisposable
{
    /// <summary>
    /// A pod that comes back to its address behind another cable is believed after this time: by then the API server would have
    /// told of another pod.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Address, Vacancy> vacant = [];
    private Dictionary<Address, int>? links;

    /// <inheritdoc cref="PodLinks.ChangeAsync"/>
    public Task ChangeAsync(CancellationToken cancellation) => pods.ChangeAsync(cancellation);

    /// <summary>Looks behind which interface each address is, where that may have changed, and closes those that became vacant.</summary>
    /// <exception cref="NetlinkException">The kernel does not tell.</exception>
    public void Look(Contents contents)
    {
        if (links is null || !pods.HasChanged())
            return;
        var now = pods.Read();
        if (guard.IsNeeded)
            guard.Look();
        foreach (var (address, port) in guard.Ports)
            now.TryAdd(address, port);
        foreach (var (address, link) in links)
            if (now.GetValueOrDefault(address) != link && owners.Of(address) is { } owner && vacant.TryAdd(address, new(owner, null)))
            {
                owners.Stale.Add(address);
                contents.ReadyOf(address).Remove(ElementKey.Of(address));
                log.Info("an address is closed until it is known whose it is: its pod's cable has gone", ("address", address));
            }

        foreach (var (address, vacancy) in vacant)
            if (now.GetValueOrDefault(address) is var link && link == 0 || link != links.GetValueOrDefault(address))
                vacant[address] = vacancy with { Back = link == 0 ? null : time.GetTimestamp() };
        links = now;
    }

    /// <summary>Takes over where the addresses are of which that was not known.</summary>
    public void Learn()
    {
        links ??= pods.Read();
        foreach (var (address, port) in guard.Ports)
            links.TryAdd(address, port);
    }

    /// <summary>Ends what is vacant no more: the address is another's, or nobody's, or its pod came back to stay. The rest is closed, whatever the cluster says.</summary>
    public void End(Contents contents)
    {
        foreach (var (address, vacancy) in vacant)
            if (owners.Of(address) is not { } owner || !owner.IsSame(vacancy.Owner))
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

    /// <param name="Back">Since when there is a cable for the address again.</param>
    private sealed record Vacancy(AddressOwners.Owner Owner, long? Back);
}
