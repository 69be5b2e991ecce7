using Podwall.Nftables.Kernel;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>
/// Gives each address of a pod on a bridge to the port behind which it is configured, so that no other port can use it.
/// Who has an address keeps it until he or the pod goes, whoever else configures it. Used by one thread at a time.
/// </summary>
public sealed class PortGuard(AgentOptions options, AgentLog log) : IDisposable
{
    // The owner of an address that several ports have: whose it is cannot be told, so it is nobody's.
    private const int Nobody = 0;

    private readonly KernelTable table = new(PortProgram.Instance);
    private readonly BridgePorts ports = new();
    private readonly Contents contents = new(PortMaps.Instance);
    private readonly Dictionary<Address, int> owners = [];
    private IReadOnlySet<Address> pods = new HashSet<Address>();
    private bool isLoaded;
    private string? refusal;

    /// <summary>Some pods are on a bridge, so that ports come and go unseen.</summary>
    public bool IsNeeded => isLoaded;

    /// <summary>The port behind which each address is, as far as it is known.</summary>
    public IEnumerable<KeyValuePair<Address, int>> Ports => owners.Where(o => o.Value != Nobody);

    /// <summary>What an earlier agent knew.</summary>
    public void Start()
    {
        try
        {
            isLoaded = table.IsWhole();
        }
        catch (NetlinkException refused)
        {
            Complain(refused);
        }

        if (!isLoaded)
            return;
        foreach (var family in IpFamily.Both)
        {
            foreach (var address in table.Read(PortMaps.Instance.Owned[family]).Keys.Select(k => k.ToAddress(family)))
                owners[address] = Nobody;
            foreach (var key in table.Read(PortMaps.Instance.Owner[family]).Keys)
                owners[PortMaps.AddressOf(family, key)] = PortMaps.PortOf(family, key);
        }

        Fill();
        contents.Committed();
    }

    /// <summary>These are the addresses of the node's pods now.</summary>
    public void Update(IReadOnlySet<Address> addresses)
    {
        pods = addresses;
        Look();
    }

    /// <summary>Looks for ports that came and went.</summary>
    public void Look()
    {
        try
        {
            var there = ports.Read().Where(p => options.PodInterfaces.AsEnumerable().Any(i => AgentOptions.Matches(i, p.Name) || AgentOptions.Matches(i, p.Bridge))).ToDictionary(p => p.Index);
            if (there.Count == 0 && !isLoaded)
                return;
            Assign(there);
            Fill();
            if (!isLoaded)
                table.Install(contents);
            else
                table.Apply(contents);
            (isLoaded, refusal) = (true, null);
        }
        catch (NetlinkException refused)
        {
            Complain(refused);
        }
    }

    /// <summary>Makes the kernel hold what it should.</summary>
    /// <returns>Whether it held something else.</returns>
    public bool Mend()
    {
        if (!isLoaded)
            return false;
        try
        {
            if (table.IsWhole())
                return table.Repair(contents).Count > 0;
            table.Install(contents);
            return true;
        }
        catch (NetlinkException refused)
        {
            Complain(refused);
            return false;
        }
    }

    public IReadOnlyDictionary<string, ulong> Dropped() => isLoaded ? table.Dropped() : new Dictionary<string, ulong>();

    public void Dispose()
    {
        table.Dispose();
        ports.Dispose();
    }

    private void Assign(Dictionary<int, BridgePort> there)
    {
        List<Address> gone = [];
        foreach (var (address, port) in owners)
            if (!pods.Contains(address) || !there.ContainsKey(port))
                gone.Add(address);
        gone.ForEach(a => owners.Remove(a));
        if (pods.All(owners.ContainsKey))
            return;
        Dictionary<Address, List<BridgePort>> claims = [];
        foreach (var port in there.Values)
            foreach (var address in ports.Behind(port))
                if (pods.Contains(address) && !owners.ContainsKey(address))
                    (claims.TryGetValue(address, out var known) ? known : claims[address] = []).Add(port);
        foreach (var (address, claimants) in claims)
        {
            owners[address] = claimants is [var only] ? only.Index : Nobody;
            if (claimants.Count > 1)
                log.Warn("an address is configured behind several ports of bridges, so that nothing with it passes", ("address", address), ("ports", string.Join(',', claimants.Select(c => c.Name))));
        }
    }

    private void Fill()
    {
        var maps = PortMaps.Instance;
        foreach (var family in IpFamily.Both)
        {
            Dictionary<ElementKey, ulong> owned = [], byOwner = [];
            foreach (var (address, port) in owners)
                if (address.Family == family)
                {
                    owned[ElementKey.Of(address)] = 0;
                    if (port != Nobody)
                        byOwner[PortMaps.KeyOf(port, address)] = 0;
                }

            contents[maps.Owned[family]].Replace(owned);
            contents[maps.Owner[family]].Replace(byOwner);
        }
    }

    private void Complain(NetlinkException refused)
    {
        // What the kernel holds is not known: the next look makes it anew.
        isLoaded = isLoaded && refused.Error is not (NetlinkException.NoEntry or NetlinkException.Exists);
        if (refused.Message != refusal)
            log.Error("pods on a bridge can use each other's addresses", ("reason", refused.Message));
        refusal = refused.Message;
    }
}
