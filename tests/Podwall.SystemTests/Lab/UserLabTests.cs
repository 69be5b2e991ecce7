using Podwall.SystemTests.Packets;
using Podwall.Tests;

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
        await lab.KubectlOkAsync("create", "deployment", "web", "--image=nginx", "--replicas=2");
        await lab.KubectlOkAsync("expose", "deployment", "web", "--port=80");
        await lab.KubectlOkAsync("run", "shell", "--image=busybox", "--", "sleep", "infinity");
        await lab.KubectlOkAsync("wait", "--for=condition=available", "deploy/web", "--timeout=60s");
        await lab.KubectlOkAsync("wait", "--for=condition=ready", "pod/shell", "--timeout=60s");
        string[] fetch = ["exec", "shell", "--", "wget", "-qO-", "-T", "1", "-t", "1", "http://web"];
        string[] lookup = ["exec", "shell", "--", "busybox", "nslookup", "web.default.svc.cluster.local"];
        Assert.Contains("default/web-", (await lab.UntilAsync(e => e.Code == 0, fetch)).Output, StringComparison.Ordinal);
        Assert.Equal("ok", (await lab.KubectlAsync("exec", "shell", "--", "wget", "-qO-", "--no-check-certificate", "https://kubernetes.default/healthz")).Output);

        await lab.ApplyAsync(Policy("default-deny-egress", """{"podSelector": {}, "policyTypes": ["Egress"]}"""));
        await lab.UntilAsync(e => e.Code != 0, lookup);
        await lab.ApplyAsync(Policy("allow-dns", """
            {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
              "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]}]}
            """));
        Assert.Contains("Name:", (await lab.UntilAsync(e => e.Code == 0, lookup)).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await lab.KubectlAsync(fetch)).Code);

        // What the node asks of its pods, no policy blocks.
        await lab.ApplyAsync(Policy("default-deny", """{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}"""));
        await lab.ApplyAsync("""
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probed"}, "spec": {"containers": [{"name": "main", "image": "nginx",
              "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}, "livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}}]}}
            """);
        await lab.KubectlOkAsync("wait", "--for=condition=ready", "pod/probed", "--timeout=30s");

        await lab.KubectlOkAsync("delete", "networkpolicy", "--all");
        var address = (await lab.KubectlAsync("get", "pod", "-l", "app=web", "-o", "jsonpath={.items[0].status.podIP}")).Output;
        await lab.UntilAsync(e => e.Code == 0, fetch);
        var asked = await lab.PodwallAsync("lab", "from", "10.1.2.3", "--", "wget", "-qO-", "-T", "2", $"http://{address}");
        UserLab.Ok(asked);
        Assert.Contains("asked by 10.1.2.3:", asked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_run_in_pods_with_streams_terminals_and_exit_codes()
    {
        await using var lab = await UserLab.UpAsync(limit.Token);
        var oneShot = await lab.KubectlAsync("run", "once", "--rm", "-i", "--restart=Never", "--image=busybox", "--", "sh", "-c", "echo from inside; hostname");
        Assert.Contains("from inside\nonce\n", oneShot.Output, StringComparison.Ordinal);
        await lab.KubectlOkAsync("run", "web", "--image=nginx");
        await lab.KubectlOkAsync("wait", "--for=condition=ready", "pod/web", "--timeout=60s");
        Assert.Equal(7, (await lab.KubectlAsync("exec", "web", "--", "sh", "-c", "exit 7")).Code);
        Assert.Equal("web\n", (await lab.KubectlAsync("exec", "web", "--", "cat", "/etc/hostname")).Output);
        await lab.ApplyAsync("""
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "sum"}, "spec": {"template": {"spec": {"restartPolicy": "Never",
              "containers": [{"name": "main", "image": "busybox", "tty": true, "command": ["sh", "-c", "tty; echo $((20 + 22))"]}]}}}}
            """);
        await lab.KubectlOkAsync("wait", "--for=condition=complete", "job/sum", "--timeout=60s");
        Assert.Equal("/dev/pts/0\n42\n", (await lab.KubectlAsync("logs", "job/sum")).Output);
        await lab.KubectlOkAsync("delete", "pod", "web", "--timeout=30s");
        Assert.Equal(1, (await lab.KubectlAsync("get", "pod", "web")).Code);
    }

    [Fact]
    public async Task The_commands_of_every_tutorial_work_word_for_word()
    {
        await using var lab = await UserLab.UpAsync(limit.Token, "-f", Checkout.At("k8s/labs/security/scenario/cluster.yaml"));
        var file = Checkout.At("k8s/labs/security/deny-from-other-namespaces.yaml");
        Assert.Equal("networkpolicy.networking.k8s.io/deny-from-other-namespaces created\n", (await lab.KubectlAsync("apply", "-f", file)).Output);
        Assert.Contains("deny-from-other-namespaces", (await lab.KubectlAsync("get", "networkpolicy", "-A")).Output, StringComparison.Ordinal);
        Assert.Contains("Allowing ingress traffic", (await lab.KubectlAsync("describe", "networkpolicy", "deny-from-other-namespaces", "-n", "prod")).Output, StringComparison.Ordinal);
        Assert.Contains("policyTypes:\n  - Ingress", (await lab.KubectlAsync("get", "networkpolicy", "deny-from-other-namespaces", "-n", "prod", "-o", "yaml")).Output, StringComparison.Ordinal);
        await lab.UntilAsync(e => e.Code != 0, "exec", "shell", "-n", "dev", "--", "wget", "-qO-", "--timeout=1", "http://web.prod:80");
        Assert.Contains("prod/web port 80/TCP", (await lab.KubectlAsync("exec", "client", "-n", "prod", "--", "wget", "-qO-", "--timeout=2", "http://web.prod:80")).Output, StringComparison.Ordinal);
        var address = (await lab.KubectlAsync("get", "pod", "web", "-n", "prod", "-o", "jsonpath={.status.podIP}")).Output;
        Assert.Contains("prod/web", (await lab.KubectlAsync("exec", "client", "-n", "prod", "--", "wget", "-qO-", "--timeout=2", $"http://{address}:80")).Output, StringComparison.Ordinal);
        var looked = await lab.KubectlAsync("exec", "shell", "-n", "dev", "--", "nslookup", "kubernetes.default");
        Assert.True(looked.Code == 0 && looked.Output.Contains("10.96.0.1", StringComparison.Ordinal), $"{looked.Output} {looked.Error}");
        await lab.KubectlOkAsync("label", "namespace", "dev", "env=development");
        Assert.Contains("env=development", (await lab.KubectlAsync("get", "ns", "--show-labels")).Output, StringComparison.Ordinal);
        Assert.Contains("No events found", (await lab.KubectlAsync("events", "--for", "networkpolicy/deny-from-other-namespaces", "-n", "prod")) is var events ? events.Output + events.Error : "", StringComparison.Ordinal);
        // What the agent finds about a policy is where kubectl looks for it.
        await lab.ApplyAsync("""{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "unused", "namespace": "prod"}, "spec": {"podSelector": {"matchLabels": {"app": "nobody"}}}}""");
        await lab.UntilAsync(e => e.Output.Contains("SelectsNoPod", StringComparison.Ordinal), "events", "--for", "networkpolicy/unused", "-n", "prod");
        await lab.KubectlOkAsync("delete", "networkpolicy", "unused", "-n", "prod");
        var probed = await lab.PodwallAsync("probe", "--from", "dev/shell", "--to", "svc:prod/web:80");
        Assert.True(probed.Code == 0 && probed.Output.Contains("1 flow by real packets, 1 as the engine says", StringComparison.Ordinal), $"{probed.Output} {probed.Error}");
        var all = await lab.PodwallAsync("probe", "--all");
        Assert.True(all.Code == 0, $"{all.Output} {all.Error}");
        var linted = await lab.PodwallAsync("lint", "--only", "no-enforcer");
        Assert.True(linted.Code == 0, $"{linted.Output} {linted.Error}");
        var tested = await lab.TestLiveAsync("- {from: [prod/client, dev/shell], to: default/*, ports: [80/tcp], is: allow}\n- {from: dev/shell, to: prod/web, ports: [80/tcp], is: deny}\n- {from: outside, to: prod/web, ports: [80/tcp], is: deny}\n");
        Assert.True(tested.Code == 0, $"{tested.Output} {tested.Error}");
        Assert.Contains("tried with 1 of 1 connections: as it says", tested.Output, StringComparison.Ordinal);
        Assert.Contains("not tried: nothing outside the cluster can be asked to send", tested.Output, StringComparison.Ordinal);
        Assert.Contains("0 not as expected; 1 assertion could not be tried", tested.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_of_a_person_is_a_terminal_in_the_pod()
    {
        await using var lab = await UserLab.UpAsync(limit.Token);
        await lab.KubectlOkAsync("run", "shell", "--image=busybox", "--", "sleep", "infinity");
        await lab.KubectlOkAsync("wait", "--for=condition=ready", "pod/shell", "--timeout=60s");
        // util-linux' script gives kubectl a terminal of 100 columns.
        using var typing = lab.Start(["script", "-qec", "stty cols 100 rows 30; kubectl exec -it shell -- sh -c 'tty; while [ \"$(stty size)\" = \"0 0\" ]; do :; done; stty size; read line; echo \"got $line\"; exit 3'", "/dev/null"]);
        Assert.Contains("/dev/pts/0", await typing.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        Assert.Contains("30 100", await typing.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        // Typed when the program already waits for it, as people do.
        await typing.StandardInput.WriteLineAsync("hello");
        typing.StandardInput.Close();
        Assert.Contains("got hello", await typing.StandardOutput.ReadToEndAsync(limit.Token), StringComparison.Ordinal);
        await typing.WaitForExitAsync(limit.Token);
        Assert.Equal(3, typing.ExitCode);
    }

    private static string Policy(string name, string spec) => $$"""{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "{{name}}"}, "spec": {{spec}}}""";
}
