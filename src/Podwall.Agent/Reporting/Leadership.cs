using System.Globalization;
using System.Text.Json;
using Podwall.Kubernetes.Client;

namespace Podwall.Agent.Reporting;

/// <summary>
/// One agent of the cluster is the leader: the holder of one named Lease (<c>coordination.k8s.io/v1</c>), which somebody
/// else takes when it was not renewed for as long as it lasts. Clocks of different nodes are never compared.
/// </summary>
public sealed class Leadership(ApiClient client, LeaseName name, string identity, AgentLog log, TimeProvider? time = null)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(45), RenewAfter = TimeSpan.FromSeconds(10), LookAfter = TimeSpan.FromSeconds(15), GivenUpAfter = TimeSpan.FromSeconds(30);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private long? asked, renewed, seenAt;
    private string? seen, refusal;

    /// <summary>Whether this agent holds the lease now; asks the server only when that is due.</summary>
    public async Task<bool> HoldsAsync(CancellationToken cancellation)
    {
        if (asked is not { } last || time.GetElapsedTime(last) >= (renewed is null ? LookAfter : RenewAfter))
        {
            asked = time.GetTimestamp();
            try
            {
                await AskAsync(cancellation);
                refusal = null;
            }
            catch (ApiException failed)
            {
                Complain(failed);
            }
        }

        // Whoever cannot renew has stopped before another may begin.
        if (renewed is { } held && time.GetElapsedTime(held) >= GivenUpAfter)
            renewed = null;
        return renewed is not null;
    }

    /// <summary>Lets go of the lease, so that another agent need not wait for its end.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (renewed is null)
            return;
        renewed = null;
        try
        {
            await WriteAsync(await ReadAsync(cancellation), new() { HolderIdentity = "" }, cancellation);
        }
        catch (ApiException)
        {
            // Then it runs out.
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        var lease = await ReadAsync(cancellation);
        var holder = lease.Spec?.HolderIdentity ?? "";
        if (lease.Metadata?.ResourceVersion is { } version && version != seen)
            (seen, seenAt) = (version, time.GetTimestamp());
        var isMine = holder == identity;
        if (!isMine)
            renewed = null;
        if (!isMine && holder.Length > 0 && time.GetElapsedTime(seenAt ?? time.GetTimestamp()) < Lasts)
            return;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        WireLease.Terms terms = new() { HolderIdentity = identity, LeaseDurationSeconds = (int)Lasts.TotalSeconds, RenewTime = now };
        try
        {
            var written = await WriteAsync(lease, isMine ? terms : terms with { AcquireTime = now, LeaseTransitions = (lease.Spec?.LeaseTransitions ?? 0) + 1 }, cancellation);
            (seen, seenAt, renewed) = (written.Metadata?.ResourceVersion, time.GetTimestamp(), time.GetTimestamp());
            if (!isMine)
                log.Info("this agent writes the events of the cluster", ("lease", name));
        }
        catch (ApiException other) when (other.Fault == ApiFault.Conflict)
        {
            // Another was faster.
            renewed = null;
        }
    }

    private Task<WireLease> ReadAsync(CancellationToken cancellation) => client.GetAsync(Path, WireJson.Default.WireLease, cancellation);

    // The version that was read goes with it, so that of two agents one wins.
    private Task<WireLease> WriteAsync(WireLease read, WireLease.Terms terms, CancellationToken cancellation) => client.PatchAsync(Path, PatchTypes.Merge,
        JsonSerializer.SerializeToUtf8Bytes(new WireLease { Metadata = new() { ResourceVersion = read.Metadata?.ResourceVersion }, Spec = terms }, WireJson.Default.WireLease),
        WireJson.Default.WireLease, cancellation);

    private string Path => ResourceType.Leases.PathOf(name.Namespace, name.Name);

    private void Complain(ApiException failed)
    {
        if (failed.What == refusal)
            return;
        refusal = failed.What;
        log.Warn("no events are written", ("reason", failed.What), ("fix", failed.Fault is ApiFault.NotFound or ApiFault.Forbidden ? $"Apply deploy/rbac.yaml, which has the Lease {name}." : failed.Fix));
    }
}

/// <summary>Names a Lease, written <c>namespace/name</c>.</summary>
public sealed record LeaseName(string Namespace, string Name)
{
    public static LeaseName Default { get; } = new("kube-system", "podwall-agent");

    public static LeaseName? TryParse(string text) => text.Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name] ? new(ns, name) : null;

    public override string ToString() => $"{Namespace}/{Name}";
}
