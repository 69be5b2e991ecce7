using System.Diagnostics;
using System.Text.Json;
using Podwall.Benchmarks.Measuring;

namespace Podwall.Benchmarks.Rows;

/// <summary>How soon a lab is there, by <c>podwall</c> as a user runs it; beside it, as many bare network namespaces with cables, by <c>ip</c>.</summary>
public static class B7
{
    private const int Pods = 100, Nodes = 3;

    public static void Run(Settings settings, RowReport report)
    {
        if (!File.Exists(settings.Published))
            throw new FileNotFoundException($"{settings.Published} is not there; eng/publish makes it.");
        var home = Directory.CreateTempSubdirectory("podwall-bench").FullName;
        try
        {
            Measure(settings, report, home, "an empty lab", 1, 0);
            Measure(settings, report, home, $"{Pods} pods on {Nodes} nodes", Nodes, Pods);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }

        report.Note("A lab is up when its agents have brought the policies into force and every pod is ready and known to Services and DNS. It is more than namespaces: beside those of the pods, each node's, the fabric's and the outside's, and one or two pods of DNS, it is an API server, controllers, and an agent for each node.");
        report.Note("Beside: the same number of network namespaces, each with a cable, an address and a route, by one ip -batch for what is outside and one for each namespace.");
    }

    private static void Measure(Settings settings, RowReport report, string home, string name, int nodes, int pods)
    {
        var manifest = Path.Combine(home, "pods.yaml");
        File.WriteAllText(manifest, string.Join("\n---\n", Enumerable.Range(0, pods).Select(i => $$$"""{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod{{{i}}}", "labels": {"app": "a{{{i % 10}}}"}}, "spec": {"containers": [{"name": "main", "image": "nginx", "ports": [{"containerPort": 80}]}]}}""")));
        string[] options = ["--nodes", $"{nodes}", .. pods > 0 ? ["-f", manifest] : (string[])[]];
        Up();
        try
        {
            var status = Podwall("lab", "status");
            if (!Enumerable.Range(pods + 1, 2).Any(n => status.Contains($"pods: {n} of {n} ready", StringComparison.Ordinal)))
                throw new InvalidOperationException($"{name}: not all pods are ready: {status}");
            if (pods > 0)
                Check(Podwall("probe", "--from", "default/pod0", "-o", "json"), pods - 1);
        }
        finally
        {
            Down();
        }

        var taken = Comparison.Of(() => Namespaces(nodes + 2 + 2 + pods), () =>
        {
            var time = Timing.Of(Up);
            Down();
            return time;
        }, attempts: 1);
        report.Add($"{name}, up", taken, pods > 0 ? "seconds" : "within seconds");

        void Up() => Podwall(["lab", "up", .. options]);

        void Down() => Podwall("lab", "down");

        string Podwall(params string[] words) => Run(settings.Published, words, ("PODWALL_LAB_HOME", Path.Combine(home, "labs")));
    }

    // Every other pod answers, by real packets.
    private static void Check(string probed, int pods)
    {
        using var report = JsonDocument.Parse(probed);
        var allowed = report.RootElement.GetProperty("flows").EnumerateArray().Count(f => f.GetProperty("probe").GetString() == "allow");
        if (allowed < pods)
            throw new InvalidOperationException($"of {pods} pods, {allowed} answer:\n{probed}");
    }

    private static TimeSpan Namespaces(int count) => Timing.Of(() =>
    {
        var lines = Enumerable.Range(0, count).SelectMany(i => (string[])[$"netns add bench{i}", $"link add near{i} type veth peer name eth0 netns bench{i}", $"link set near{i} up", $"route add 10.9.{i}.2/32 dev near{i}"]);
        // The names of network namespaces lie in /run, which must be a place of its own.
        var script = $"mount -t tmpfs none /run\nip -batch - <<'END'\n{string.Join('\n', lines)}\nEND\n"
            + string.Concat(Enumerable.Range(0, count).Select(i => $"ip -n bench{i} -batch - <<'END'\nlink set lo up\naddress add 10.9.{i}.2/32 dev eth0\nlink set eth0 up\nroute add default dev eth0\nEND\n"));
        Run("unshare", ["-Urnm", "--propagation", "private", "sh", "-ec", script]);
    });

    private static string Run(string program, string[] words, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', words)}: {output}{errors.Result}");
    }
}
