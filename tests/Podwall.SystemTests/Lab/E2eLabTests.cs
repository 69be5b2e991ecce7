using System.Text.Json;
using System.Text.RegularExpressions;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.SystemTests.Packets;
using Podwall.Tests;
using Podwall.Tests.Policy;

namespace Podwall.SystemTests.Lab;

/// <summary>The recorded scenarios of Kubernetes' own tests of NetworkPolicy, live: the installed kubectl changes the cluster, packets tell what holds.</summary>
[Collection(KernelCollection.Name)]
public sealed partial class E2eLabTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task Each_step_holds_with_packets()
    {
        var root = Corpus.Require();
        await using var lab = await TestLabs.StartAsync(3, IpFamilies.Both, limit.Token);
        List<string> wrong = [];
        var flows = 0;
        foreach (var id in Corpus.Cases("k8s-e2e"))
        {
            lab.Kubectl("delete", "networkpolicy", "--all", "-A");
            lab.KubectlOf(Read(Path.Combine(root, id, "cluster.yaml")), "apply", "-f", "-");
            await lab.SettleAsync(limit.Token);
            var addresses = (await lab.SnapshotAsync(limit.Token)).Snapshot.Pods.ToDictionary(p => p.Id, p => p.AddressOf(IpFamily.V4)!.Value);
            var expected = Corpus.Expected(id).GetProperty("steps").EnumerateArray().ToArray();
            foreach (var (number, step) in CorpusSteps.Of(id).Index())
            {
                foreach (var action in expected[number].GetProperty("actions").EnumerateArray())
                    Do(lab, action);
                lab.Kubectl("delete", "networkpolicy", "--all", "-A");
                var policies = Localized(Read(Path.Combine(root, id, expected[number].GetProperty("policies").GetString()!)), step.Compiled.Snapshot, addresses);
                if (step.Compiled.Snapshot.Policies.Any())
                    lab.KubectlOf(policies, "apply", "-f", "-");
                await lab.SettleAsync(limit.Token);
                var verdicts = step.Verdicts.ToDictionary(v => new ProbeFlow(ProbeEnd.TryParse(v.From)!, ProbeEnd.TryParse(v.To)!, new(v.Protocol, (ushort)v.Port), IpFamily.V4), v => v.Allowed);
                var probed = await lab.ProbeAndJudgeAsync([.. verdicts.Keys], new Silent(), limit.Token);
                flows += probed.Count;
                wrong.AddRange(probed.Where(p => p.Outcome != (verdicts[p.Flow] ? ProbeOutcome.Allowed : ProbeOutcome.Denied) || !p.IsAgreement).Select(p => $"{id} step {number + 1}: {p}"));
            }
        }

        Assert.Empty(wrong);
        Assert.True(flows > 10_000, $"{flows} flows");
    }

    // To kubectl, which reads YAML 1.1, a bare y is true.
    private static string Read(string file) => BareY().Replace(File.ReadAllText(file), "$1 \"y\"");

    [GeneratedRegex("([:-]) y$", RegexOptions.Multiline)]
    private static partial Regex BareY();

    private static void Do(LiveLab lab, JsonElement action)
    {
        // Policies are replaced as a whole.
        if (action.GetProperty("op").GetString() is "create-policy" or "update-policy" or "delete-policy")
            return;
        Assert.Equal("set-pod-labels", action.GetProperty("op").GetString());
        var pod = action.GetProperty("pod").GetString()!.Split('/');
        var labels = JsonSerializer.Serialize(action.GetProperty("labels"));
        lab.Kubectl("patch", "pod", pod[1], "-n", pod[0], "--type=json", "-p", $$"""[{"op": "replace", "path": "/metadata/labels", "value": {{labels}}}]""");
    }

    // Blocks name the addresses that the recorded pods had.
    private static string Localized(string policies, Snapshot recorded, Dictionary<PodId, Address> addresses)
    {
        foreach (var pod in recorded.Pods)
            foreach (var address in pod.Addresses.Where(a => a.Family == IpFamily.V4))
                policies = policies.Replace($"{address}/", $"{addresses[pod.Id]}/", StringComparison.Ordinal);
        return policies;
    }

    private sealed class Silent : IProgress<int>
    {
        public void Report(int value)
        {
        }
    }
}
