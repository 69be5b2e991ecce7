using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Lab.Controllers;

/// <summary>One look of the controllers at the whole cluster, with what they may do about it.</summary>
internal sealed class Pass(ClusterView view, ClusterWrites writes, EventLog events, Retries retries, DateTimeOffset now)
{
    public ClusterView View => view;

    public ClusterWrites Writes => writes;

    public DateTimeOffset Now => now;

    /// <summary>When something must be looked at again even if nothing changes.</summary>
    public DateTimeOffset? Due { get; private set; }

    public void WakeAt(DateTimeOffset moment) => Due = Due is { } due && due < moment ? due : moment;

    /// <summary>Looks after each object of a kind that is there to stay; the failure of one is no other's.</summary>
    public void Each(string controller, ResourceType type, Action<ClusterObject> look)
    {
        foreach (var item in view[type])
        {
            if (item.IsGoing)
                continue;
            var subject = $"{controller}: {type.Kind} {item.Name.Namespace}/{item.Name.Name}";
            if (retries.WaitsUntil(subject) is { } moment && moment > now)
            {
                WakeAt(moment);
                continue;
            }

            try
            {
                look(item);
                retries.Succeeded(subject);
            }
#pragma warning disable CA1031 // Whatever goes wrong with one object must not end the control of all others.
            catch (Exception failure)
            {
                WakeAt(retries.Failed(subject, failure, now));
            }
#pragma warning restore CA1031
        }
    }

    public void Report(ClusterObject regarding, ClusterEvent what) => events.Write(regarding.Type, regarding.Tree, what);
}
