using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Lab.Hosting;

/// <summary>One node: its object in the API, and the agent that enforces policies in its namespace, restarted when it dies.</summary>
internal sealed class LabNode(int number, NetworkSpace space, AddressPlan plan, IReadOnlyList<string> agent, string apiSocket, Action<string> log)
{
    public const string Prefix = "node-";

    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource inForce = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => $"{Prefix}{number}";

    /// <summary>Completes when the agent has brought the policies of the cluster into force for the first time.</summary>
    public Task InForce => inForce.Task;

    /// <summary>Runs the agent until the lab ends; whatever it says goes to the lab's log.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var process = Tool.Start([.. Tool.Entering(space), .. agent, "run", "--node-name", Name, "--pod-interface", "pod*", "--api-socket", apiSocket, "--resync", "5"]);
            try
            {
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync(cancellation);
                while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
                {
                    log($"{Name}: {line}");
                    if (line.Contains("policies are in force", StringComparison.Ordinal))
                        inForce.TrySetResult();
                }

                await process.WaitForExitAsync(cancellation);
                log($"{Name}: the agent ended with code {process.ExitCode}; what is in force stays in force, and it is started again");
                await Task.Delay(RestartDelay, cancellation);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return;
            }
            finally
            {
                Tool.LetGo(process);
            }
        }
    }

    /// <summary>The node as the API shows it.</summary>
    public void Register(ObjectStore store, TimeProvider time)
    {
        ObjectRules rules = new(time);
        var addresses = plan.Used.Select(f => (JsonNode)new JsonObject { ["type"] = "InternalIP", ["address"] = $"{AddressPlan.NodeAddress(f, number)}" }).Append(new JsonObject { ["type"] = "Hostname", ["address"] = Name });
        var ranges = plan.Used.Select(f => (JsonNode)$"{AddressPlan.PodRange(f, number)}").ToArray();
        store.Write(ResourceType.Nodes, new("", Name), current => current is not null ? null : rules.Born(ServedResource.Of(ResourceType.Nodes), new("", Name), new()
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = Name, ["kubernetes.io/os"] = "linux", ["podwall.dev/enforced"] = "true" } },
            ["spec"] = new JsonObject { ["podCIDR"] = ranges[0].DeepClone(), ["podCIDRs"] = new JsonArray(ranges) },
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray([.. addresses]),
                ["conditions"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "the lab serves this node" }),
                ["nodeInfo"] = new JsonObject { ["kernelVersion"] = Environment.OSVersion.Version.ToString(), ["operatingSystem"] = "linux", ["osImage"] = "Podwall lab", ["containerRuntimeVersion"] = "podwall-lab://1", ["kubeletVersion"] = "v1.32.0-podwall" },
            },
        }));
    }
}
