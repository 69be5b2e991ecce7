using System.Text.Json;
using Podwall.Kubernetes;

namespace Podwall.Tests.Cli;

/// <summary>The scenarios under k8s/ as inputs of the command line, refused policies and mended forms included.</summary>
internal static class Scenario
{
    /// <summary>Relative to the root of the checkout, where the runs take place.</summary>
    public static string[] Folders { get; } =
    [
        .. Directory.EnumerateDirectories(Checkout.At("k8s"), "scenario", SearchOption.AllDirectories)
            .Select(d => Path.GetRelativePath(Checkout.Root, Path.GetDirectoryName(d)!).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> Refused =>
        Directory.EnumerateDirectories(Checkout.At("k8s"), "refused", SearchOption.AllDirectories).Select(d => Path.GetRelativePath(Checkout.Root, d)).Order(StringComparer.Ordinal);

    /// <summary>A few pairs that tell the rules apart.</summary>
    public static IEnumerable<(string From, string To)> Ends(string folder)
    {
        var pods = Pods(folder);
        return pods.Take(2).SelectMany(f => pods.TakeLast(2), (f, t) => (f, t)).Where(e => e.f != e.t)
            .Append((pods[0], "198.51.100.7")).Append(("fd00::7", pods[^1]));
    }

    public static string WithPort(string end, string port) => end.Count(c => c == ':') > 1 ? $"[{end}]:{port}" : $"{end}:{port}";

    /// <summary>Questions of every kind, some of them without an answer.</summary>
    public static string Flows(string folder)
    {
        var pods = folder == "-" ? ["apps/web", "apps/db"] : Pods(folder);
        var pairs = pods.Take(3).SelectMany(f => pods.TakeLast(3), (f, t) => (f, t)).Append((pods[0], "198.51.100.7")).Append(("2001:db8::1", pods[^1])).Append((pods[0], "no/body"));
        return string.Join('\n', pairs.SelectMany(p => (string[])
        [
            $$"""{"from":"{{p.Item1}}","to":"{{p.Item2}}","protocol":"TCP","port":80}""", $$"""{"from":"{{p.Item1}}","to":"{{p.Item2}}","port":5432,"n":1}""",
            $$"""{"from":"{{p.Item1}}","to":"{{p.Item2}}","protocol":"ICMP","port":null}""", $$"""{"from":"{{p.Item1}}"}""",
        ]));
    }

    public static async Task<IEnumerable<string>> Policies(string folder, string text) =>
        (await CliRun.WithInput(folder == "-" ? text : "", "get", "-f", folder, "-o", "jsonl")).Lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("policy").GetString()!);

    public static async Task<string> AsFile(string text)
    {
        var file = Path.Combine(Path.GetTempPath(), $"podwall-{Environment.ProcessId}-{text.GetHashCode(StringComparison.Ordinal):x}.yaml");
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private static string[] Pods(string folder) =>
        [.. ManifestReader.Read([($"{folder}/scenario/cluster.yaml", File.ReadAllText(Checkout.At(folder, "scenario", "cluster.yaml")))]).Snapshot.Pods.Select(p => $"{p.Id}")];
}
