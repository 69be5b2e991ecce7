using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Policy.Reporting;

namespace Podwall.Agent.Reporting;

/// <summary>
/// Writes findings as Events (core <c>v1</c>) beside the objects that they are about. A finding has one Event, whoever finds
/// it and however often: its name says what it tells.
/// </summary>
public sealed class EventRecorder(ApiClient client, string node, TimeProvider time)
{
    private const string Component = "podwall-agent";

    // A name has 253 characters at most; a dot and the digest follow.
    private const int LongestName = 253 - 1 - 16;

    /// <summary>Writes the Event, or writes anew when it was last so. An object that has gone gets none.</summary>
    /// <exception cref="ApiException">The server cannot be reached, or refuses.</exception>
    public async Task WriteAsync(ClusterFinding finding, CancellationToken cancellation)
    {
        var type = finding.Kind == ResourceType.Pods.Kind ? ResourceType.Pods : ResourceType.NetworkPolicies;
        // Listing is a right that the agent has; reading one object is none.
        var found = await client.GetAsync($"{type.Path(finding.Namespace)}?fieldSelector={Uri.EscapeDataString($"metadata.name={finding.Name}")}", WireJson.Default.WireList, cancellation);
        if (found.Items is not [{ Metadata: { } about }, ..])
            return;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var name = NameOf(finding, about);
        try
        {
            await client.CreateAsync(ResourceType.Events.Path(finding.Namespace), Json(new()
            {
                Kind = ResourceType.Events.Kind,
                ApiVersion = ResourceType.Events.ApiVersion,
                Metadata = new() { Name = name, Namespace = finding.Namespace },
                InvolvedObject = new(finding.Kind, finding.Namespace, finding.Name, about.Uid, type.ApiVersion, about.ResourceVersion),
                Reason = finding.Reason,
                Message = finding.Message,
                Source = new(Component, node),
                FirstTimestamp = now,
                LastTimestamp = now,
                Count = 1,
                Type = "Warning",
                ReportingComponent = Component,
                ReportingInstance = node,
            }), WireJson.Default.WireEvent, cancellation);
        }
        catch (ApiException known) when (known.Fault == ApiFault.Conflict)
        {
            await client.PatchAsync(ResourceType.Events.PathOf(finding.Namespace, name), PatchTypes.Merge, Json(new() { LastTimestamp = now }), WireJson.Default.WireEvent, cancellation);
        }
    }

    private static string NameOf(ClusterFinding finding, WireMetadata about)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Kind}\n{about.Uid}\n{finding.Reason}\n{finding.Message}"));
        var name = finding.Name.Length > LongestName ? finding.Name[..LongestName] : finding.Name;
        return $"{name}.{Convert.ToHexStringLower(digest.AsSpan(0, 8))}";
    }

    private static byte[] Json(WireEvent @event) => JsonSerializer.SerializeToUtf8Bytes(@event, WireJson.Default.WireEvent);
}
