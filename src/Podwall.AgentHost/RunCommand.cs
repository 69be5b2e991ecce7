using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Podwall.Agent;

namespace Podwall.AgentHost;

/// <summary><c>podwall-agent run</c>: follows the cluster and keeps the kernel equal to it.</summary>
internal static class RunCommand
{
    public static Command Build(NodeInput node, ClusterInput cluster, TextWriter error)
    {
        Option<int> resync = new("--resync") { Description = "Seconds between two looks at the kernel, whatever happens", HelpName = "SECONDS", DefaultValueFactory = _ => 10 };
        Option<string> metrics = new("--metrics-address") { Description = "Where /livez, /readyz and /metrics are served; empty for nowhere", HelpName = "HOST:PORT", DefaultValueFactory = _ => "" };
        resync.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
                result.AddError("--resync must be from 1 to 86400 seconds.");
        });
        metrics.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { Length: > 0 } text && (!IPEndPoint.TryParse(text, out var place) || place.Port == 0))
                result.AddError($"--metrics-address '{text}' is no address with a port; write for example 127.0.0.1:9790.");
        });
        var command = new Command("run", "Follows the cluster and keeps the kernel equal to it; stopping it changes nothing in the kernel") { resync, metrics };
        node.AddTo(command);
        cluster.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            node.Read(parsed) with { Resync = TimeSpan.FromSeconds(parsed.GetValue(resync)) }, parsed.GetValue(metrics)!, stop => cluster.Follow(parsed, stop), error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(AgentOptions options, string address, Func<CancellationToken, IAsyncEnumerable<AgentState>> follow, TextWriter error, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        AgentLog log = new(error, TimeProvider.System);
        foreach (var finding in new HostFindings(options).All())
        {
            if (finding.IsFatal)
                throw new InputException($"{finding.What}. {finding.Fix}.");
            log.Warn(finding.What, ("fix", finding.Fix));
        }

        Metrics metrics = new();
        using Enforcer enforcer = new(options, metrics, log);
        AgentLoop loop = new(enforcer, options, log);
        using var health = address.Length > 0 ? new HealthServer(IPEndPoint.Parse(address), loop, metrics) : null;
        var serving = health?.RunAsync(stop.Token) ?? Task.CompletedTask;
        try
        {
            await loop.RunAsync(follow(stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.Info("stopped; what is in force stays in force");
        }

        await stop.CancelAsync();
        await serving;
        return AgentCommand.Ok;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
