using System.Text.Json;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Netlink;

namespace Podwall.Agent;

/// <summary>What kube-proxy does on this node: it says so itself on its metrics port, or its rules do.</summary>
/// <param name="Mode"><c>iptables</c>, <c>nftables</c>, <c>ipvs</c>, or another that it names; null where there is none to be seen.</param>
public sealed record ProxyFindings(string? Mode, bool MasqueradesAll)
{
    /// <summary>Where kube-proxy answers unless it is told otherwise.</summary>
    public const string Usual = "http://127.0.0.1:10249/";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public IEnumerable<HostFinding> All()
    {
        if (MasqueradesAll)
            yield return new(false, "kube-proxy masquerades everything that uses a service (masqueradeAll): policies of other nodes see this node in place of its pods",
                $"Set {Mode ?? "iptables"}.masqueradeAll to false in the configuration of kube-proxy");
    }

    /// <summary>Asks kube-proxy, and looks at the rules where it does not answer.</summary>
    public static async Task<ProxyFindings> AskAsync(CancellationToken cancellation, string address = Usual)
    {
        using HttpClient client = new() { BaseAddress = new(address), Timeout = Patience };
        var mode = await TextAsync(client, "proxyMode", cancellation);
        var configuration = mode is null ? null : await TextAsync(client, "configz", cancellation);
        return new(mode is { Length: > 0 } ? mode : ModeOf(Chains()), configuration is not null && MasqueradesAllIn(configuration));
    }

    /// <summary>The mode whose chains are there.</summary>
    public static string? ModeOf(IEnumerable<(string Table, string Chain)> chains)
    {
        var hasIptables = false;
        foreach (var (table, chain) in chains)
            if (table == "kube-proxy")
                return "nftables";
            else
                hasIptables |= chain == "KUBE-SERVICES";
        return hasIptables ? "iptables" : null;
    }

    // The section is named after the API; the field lies below the mode's.
    private static bool MasqueradesAllIn(string configuration)
    {
        try
        {
            using var document = JsonDocument.Parse(configuration);
            return document.RootElement.EnumerateObject().SelectMany(section => section.Value.EnumerateObject())
                .Any(mode => mode.Value.ValueKind == JsonValueKind.Object && mode.Value.EnumerateObject().Any(f => f.Name.Equals("masqueradeAll", StringComparison.OrdinalIgnoreCase) && f.Value.ValueKind == JsonValueKind.True));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string?> TextAsync(HttpClient client, string path, CancellationToken cancellation)
    {
        try
        {
            return (await client.GetStringAsync(new Uri(path, UriKind.Relative), cancellation)).Trim();
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static List<(string Table, string Chain)> Chains()
    {
        try
        {
            return Ruleset.Chains();
        }
        catch (NetlinkException)
        {
            return [];
        }
    }
}
