using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Lab;

/// <summary>A lab in the hands of a user: the installed kubectl, and what a cluster does by itself.</summary>
[Collection(KernelCollection.Name)]
public sealed class UserLabTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task Pods_run_are_reached_by_name_and_policies_hold()
    {
        await using var lab = await UserLab.UpAsync(limit.Token, "--nodes", "2");
        Ok(await lab.KubectlAsync("create", "deployment", "web", "--image=nginx", "--replicas=2"));
        Ok(await lab.KubectlAsync("expose", "deployment", "web", "--port=80"));
        Ok(await lab.KubectlAsync("run", "shell", "--image=busybox", "--", "sleep", "infinity"));
        Ok(await lab.KubectlAsync("wait", "--for=condition=available", "deploy/web", "--timeout=60s"));
        Ok(await lab.KubectlAsync("wait", "--for=condition=ready", "pod/shell", "--timeout=60s"));
        string[] fetch = ["exec", "shell", "--", "wget", "-qO-", "-T", "1", "-t", "1", "http://web"];
        string[] lookup = ["exec", "shell", "--", "busybox", "nslookup", "web.default.svc.cluster.local"];
        Assert.Contains("default/web-", (await lab.UntilAsync(e => e.Code == 0, fetch)).Output, StringComparison.Ordinal);
        Assert.Equal("ok", (await lab.KubectlAsync("exec", "shell", "--", "wget", "-qO-", "--no-check-certificate", "https://kubernetes.default/healthz")).Output);

        Ok(await lab.ApplyAsync(Policy("default-deny-egress", """{"podSelector": {}, "policyTypes": ["Egress"]}""")));
        await lab.UntilAsync(e => e.Code != 0, lookup);
        Ok(await lab.ApplyAsync(Policy("allow-dns", """
            {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
              "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]}]}
            """)));
        Assert.Contains("Name:", (await lab.UntilAsync(e => e.Code == 0, lookup)).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await lab.KubectlAsync(fetch)).Code);

        // What the node asks of its pods, no policy blocks.
        Ok(await lab.ApplyAsync(Policy("default-deny", """{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}""")));
        Ok(await lab.ApplyAsync("""
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probed"}, "spec": {"containers": [{"name": "main", "image": "nginx",
              "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}, "livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}}]}}
            """));
        Ok(await lab.KubectlAsync("wait", "--for=condition=ready", "pod/probed", "--timeout=30s"));

        Ok(await lab.KubectlAsync("delete", "networkpolicy", "--all"));
        var address = (await lab.KubectlAsync("get", "pod", "-l", "app=web", "-o", "jsonpath={.items[0].status.podIP}")).Output;
        await lab.UntilAsync(e => e.Code == 0, fetch);
        var asked = await lab.PodwallAsync("lab", "from", "10.1.2.3", "--", "wget", "-qO-", "-T", "2", $"http://{address}");
        Ok(asked);
        Assert.Contains("asked by 10.1.2.3:", asked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_run_in_pods_with_streams_terminals_and_exit_codes()
    {
        await using var lab = await UserLab.UpAsync(limit.Token);
        var oneShot = await lab.KubectlAsync("run", "once", "--rm", "-i", "--restart=Never", "--image=busybox", "--", "sh", "-c", "echo from inside; hostname");
        Assert.Contains("from inside\nonce\n", oneShot.Output, StringComparison.Ordinal);
        Ok(await lab.KubectlAsync("run", "web", "--image=nginx"));
        Ok(await lab.KubectlAsync("wait", "--for=condition=ready", "pod/web", "--timeout=60s"));
        Assert.Equal(7, (await lab.KubectlAsync("exec", "web", "--", "sh", "-c", "exit 7")).Code);
        Assert.Equal("web\n", (await lab.KubectlAsync("exec", "web", "--", "cat", "/etc/hostname")).Output);
        Ok(await lab.ApplyAsync("""
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "sum"}, "spec": {"template": {"spec": {"restartPolicy": "Never",
              "containers": [{"name": "main", "image": "busybox", "tty": true, "command": ["sh", "-c", "tty; echo $((20 + 22))"]}]}}}}
            """));
        Ok(await lab.KubectlAsync("wait", "--for=condition=complete", "job/sum", "--timeout=60s"));
        Assert.Equal("/dev/pts/0\n42\n", (await lab.KubectlAsync("logs", "job/sum")).Output);
        Ok(await lab.KubectlAsync("delete", "pod", "web", "--timeout=30s"));
        Assert.Equal(1, (await lab.KubectlAsync("get", "pod", "web")).Code);
    }

    [Fact]
    public async Task A_lab_that_was_killed_is_named_and_taken_down()
    {
        await using var lab = await UserLab.UpAsync(limit.Token);
        Assert.Equal(2, (await lab.PodwallAsync("lab", "up")).Code);
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(lab.Kubeconfig)!, "lab.json"), limit.Token))!;
        var first = string.Create(CultureInfo.InvariantCulture, $"/proc/{(int)record["First"]!}");
        Sandbox.Command("kill", ["-9", $"{(int)record["Process"]!}"]);
        while (Directory.Exists(first) && !(await File.ReadAllTextAsync($"{first}/stat", limit.Token)).Contains(") Z", StringComparison.Ordinal))
            await Task.Yield();
        var status = await lab.PodwallAsync("lab", "status");
        Assert.Equal((3, true), (status.Code, status.Output.Contains("has ended by itself", StringComparison.Ordinal)));
        Ok(await lab.PodwallAsync("lab", "down"));
        Assert.Empty(lab.Files);
    }

    private static void Ok(UserLab.Ended ended) => Assert.True(ended.Code == 0, $"{ended.Output} {ended.Error}");

    private static string Policy(string name, string spec) => $$"""{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "{{name}}"}, "spec": {{spec}}}""";
}
