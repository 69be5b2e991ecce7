using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Podwall.Agent;
using Podwall.Agent.Reporting;
using Podwall.Kubernetes.Client;

namespace Podwall.AgentHost;

/// <summary><c>podwall-agent run</c>: follows the cluster and keeps the kernel equal to it.</summary>
internal static class RunCommand
{
    public static Command Build(NodeInput node, ClusterInput cluster, TextWriter error)
    {
        Option<int> resync = new("--resync") { Description = "Seconds between two looks at the kernel, whatever happens [env RESYNC; else 10]", HelpName = "SECONDS", CustomParser = r => Seconds(r, r.Tokens[0].Value), DefaultValueFactory = r => Seconds(r, Variables.Text("RESYNC") ?? "10") };
        Option<string> metrics = new("--metrics-address") { Description = "Where /livez, /readyz and /metrics are served; empty for nowhere [env METRICS_ADDRESS]", HelpName = "HOST:PORT", DefaultValueFactory = _ => Variables.Text("METRICS_ADDRESS") ?? "" };
        Option<string> lease = new("--lease") { Description = "The Lease whose holder writes the cluster's events; empty for no events [env LEASE]", HelpName = "NAMESPACE/NAME", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LEASE") ?? $"{LeaseName.Default}" };
        metrics.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > 0 } text && (!IPEndPoint.TryParse(text, out var place) || place.Port == 0))
                result.AddError($"--metrics-address '{text}' is no address with a port; write for example 127.0.0.1:9790.");
        });
        lease.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > 0 } text && LeaseName.TryParse(text) is null)
                result.AddError($"--lease '{text}' names no Lease; write for example {LeaseName.Default}.");
        });
        var command = new Command("run", "Follows the cluster and keeps the kernel equal to it; stopping it changes nothing in the kernel") { resync, metrics, lease };
        node.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = cluster.Client(parsed);
            return await RunAsync(
                node.Read(parsed) with { Resync = TimeSpan.FromSeconds(parsed.GetValue(resync)) }, parsed.GetValue(metrics)!, LeaseName.TryParse(parsed.GetValue(lease)!),
                client, stop => cluster.Follow(parsed, client, stop), error, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(AgentOptions options, string address, LeaseName? lease, ApiClient? client, Func<CancellationToken, IAsyncEnumerable<AgentState>> follow,
        TextWriter error, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        AgentLog log = new(error, TimeProvider.System);
        HostFindings host = new(options);
        foreach (var finding in host.All())
        {
            if (finding.IsFatal)
                throw new InputException($"{finding.What}. {finding.Fix}.");
            log.Warn(finding.What, ("fix", finding.Fix));
        }

        Metrics metrics = new();
        using Enforcer enforcer = new(options, metrics, log);
        var reporter = Reporter(options, lease, client, metrics, log);
        AgentLoop loop = new(enforcer, options, log, reporter, host);
        using var health = address.Length > 0 ? new HealthServer(IPEndPoint.Parse(address), loop, metrics) : null;
        var serving = health?.RunAsync(stop.Token) ?? Task.CompletedTask;
        var reporting = reporter?.RunAsync(stop.Token) ?? Task.CompletedTask;
        try
        {
            await loop.RunAsync(follow(stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.Info("stopped; what is in force stays in force");
        }

        await stop.CancelAsync();
        await Task.WhenAll(serving, reporting);
        return AgentCommand.Ok;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static int Seconds(ArgumentResult result, string text)
    {
        if (!int.TryParse(text, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 86_400)
            result.AddError($"--resync (RESYNC) is '{text}'; it must be from 1 to 86400 seconds.");
        return seconds;
    }

    // With manifests there is nobody to agree with, and nobody who takes events.
    private static FindingsReporter? Reporter(AgentOptions options, LeaseName? lease, ApiClient? client, Metrics metrics, AgentLog log) => (client, lease) switch
    {
        (null, _) => new(metrics, log),
        (_, null) => null,
        _ => new(metrics, log, new(client, options.NodeName, TimeProvider.System), new(client, lease, options.NodeName, log)),
    };
}
