using Podwall.Lab.Hosting;
using Podwall.Policy;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Lab;

/// <summary>The namespaces of one pod.</summary>
[Collection(KernelCollection.Name)]
public sealed class PodSandboxTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_pod_sees_programs_and_nothing_else_of_the_host()
    {
        Sandbox.Require();
        var folder = Directory.CreateTempSubdirectory("podwall-pod").FullName;
        Sandbox.Command("mount", ["-t", "tmpfs", "none", folder]);
        var secret = Path.Combine(folder, "secret");
        await File.WriteAllTextAsync(secret, "secret", limit.Token);
        AddressPlan plan = new(IpFamilies.V4);
        using var network = await LabNetwork.CreateAsync(plan, 1, limit.Token);
        var root = await PodRoot.CreateAsync(Path.Combine(folder, "pods"), limit.Token);
        using (var pod = await PodSandbox.StartAsync(new(new("apps", "web"), 1, "pod1-2", [Address.Parse("10.244.1.2")]), root, network, plan.Resolver("apps"), limit.Token))
        {
            Assert.Equal("web\n", In(pod, "hostname"));
            Assert.Equal("", In(pod, $"cat {secret} {folder}/* /proc/1/root{secret} 2>/dev/null; ls -A /home /root /tmp /run | grep -v ':$' | grep ."));
            Assert.Equal("", In(pod, "touch /usr/bin/mine 2>/dev/null && echo written; mount -t tmpfs none /mnt 2>/dev/null && echo mounted; umount /usr 2>/dev/null && echo open"));
            Assert.DoesNotContain($"{Environment.ProcessId}", In(pod, "ls -d /proc/[0-9]*").Split('/', '\n'));
            Assert.Contains("10.244.1.2", In(pod, "cat /etc/hosts"), StringComparison.Ordinal);
        }

        Sandbox.Command("umount", ["-l", folder]);
        Directory.Delete(folder);

        static string In(PodSandbox pod, string script)
        {
            var words = pod.Inside(["sh", "-c", $"{script}; true"]).ToArray();
            return Sandbox.Command(words[0], words[1..]);
        }
    }
}
