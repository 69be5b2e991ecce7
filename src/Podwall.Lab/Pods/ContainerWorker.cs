using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>One container: starts what it stands for, looks after its health, and starts it again when it ends.</summary>
internal sealed class ContainerWorker
{
    // Of the kubelet: the first start anew is at once, then after 10 s, and twice as long each time.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10), LongestDelay = TimeSpan.FromMinutes(5), GoodRun = TimeSpan.FromMinutes(10);

    private static readonly string[] Probes = ["readinessProbe", "livenessProbe", "startupProbe"];

    private readonly PodWorker pod;
    private readonly JsonObject spec;
    private readonly PodCell cell;
    private readonly bool isInit;
    private readonly IReadOnlyList<string> command;
    private Task[] reading = [];

    public ContainerWorker(PodWorker pod, JsonObject spec, PodCell cell, bool isInit)
    {
        (this.pod, this.spec, this.cell, this.isInit) = (pod, spec, cell, isInit);
        (Name, Image, command) = (Cells.Text(spec, "name"), Cells.Text(spec, "image"), LabImages.Command(pod.Object, spec));
        (State, Log) = (ContainerState.New(cell.Time.GetUtcNow(), isInit ? "PodInitializing" : "ContainerCreating"), new(cell.Time));
    }

    public string Name { get; }

    public string Image { get; }

    public bool HasTerminal => Cells.Text(spec, "tty") == "true";

    public ContainerState State { get; private set; }

    /// <summary>It has ended and is not started again.</summary>
    public bool HasEnded { get; private set; }

    public ContainerLog Log { get; private set; }

    /// <summary>Of the run before; null in the first.</summary>
    public ContainerLog? LastLog { get; private set; }

    /// <summary>What it runs now; null between runs, and where a responder stands for its image.</summary>
    public PodProcess? Process { get; private set; }

    public Dictionary<string, string> Environment => PodEnvironment.Of(pod, spec);

    /// <summary>Runs until it has ended for good, is asked to end, or is cancelled.</summary>
    /// <param name="ending">The pod is to end: no more starts, and what runs is told.</param>
    /// <param name="stop">At once.</param>
    public async Task RunAsync(CancellationToken ending, CancellationToken stop)
    {
        for (var delay = TimeSpan.Zero; ;)
        {
            var code = await RunOnceAsync(ending, stop);
            var now = cell.Time.GetUtcNow();
            var isLast = ending.IsCancellationRequested || !StartsAgain(code);
            pod.Become(() => (State, HasEnded) = (State.End(now, code), isLast));
            Log.Close();
            if (isLast)
                return;
            if (State.Since - State.Started > GoodRun)
                delay = TimeSpan.Zero;
            pod.Become(() => State = State.BackOff());
            // What ends with its pod is started again in the next one.
            if (!pod.Sandbox.IsAlive)
                await Task.Delay(Timeout.Infinite, stop);
            if (delay > TimeSpan.Zero)
            {
                Report("BackOff", $"Back-off restarting failed container {Name} in pod {pod.Plan.Id.Name}", EventSeverity.Warning);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, stop);
                await Task.Delay(delay, cell.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (ending.IsCancellationRequested)
                    return;
            }

            stop.ThrowIfCancellationRequested();
            delay = delay == TimeSpan.Zero ? FirstDelay : delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private bool StartsAgain(int code) => pod.RestartPolicy switch
    {
        "Never" => false,
        "OnFailure" => code != 0,
        _ => !isInit || code != 0,
    };

    private async Task<int> RunOnceAsync(CancellationToken ending, CancellationToken stop)
    {
        if (State.Last is not null)
            (LastLog, Log) = (Log, new(cell.Time));
        using var run = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (command.Count == 0)
        {
            using var telling = ending.Register(run.Cancel);
            using var server = Serve();
            Started();
            if (isInit)
                return 0;
            _ = WatchHealthAsync(run.Cancel, run.Token);
            await Task.Delay(Timeout.Infinite, run.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ending.IsCancellationRequested ? 0 : 128 + SystemCalls.Kill;
        }

        using var process = PodProcess.Start(pod.Sandbox, command, Environment, HasTerminal);
        using var told = ending.Register(() => process.Signal(SystemCalls.Terminate));
        using var killed = run.Token.Register(() => process.Signal(SystemCalls.Kill));
        if (Cells.Text(spec, "stdin") != "true")
            process.EndInput();
        Process = process;
        Started();
        _ = WatchHealthAsync(() => process.Signal(SystemCalls.Kill), run.Token);
        var code = await process.EndAsync(CancellationToken.None);
        Process = null;
        await Task.WhenAll(reading);
        await run.CancelAsync();
        return code;
    }

    private void Started()
    {
        if (Process is { } process)
            reading = [Log.TakeAsync(process.Output, CancellationToken.None), Log.TakeAsync(process.Error, CancellationToken.None)];
        var isReady = HealthCheck.Of(spec, "readinessProbe") is null && HealthCheck.Of(spec, "startupProbe") is null;
        pod.Become(() => State = State.Run(cell.Time.GetUtcNow(), isReady));
        Report("Started", $"Started container {Name}");
    }

    private IDisposable Serve()
    {
        if (cell.Servers.TryGetValue(Image, out var server))
            return server(pod.Sandbox.Space);
        if (!LabImages.IsKnown(spec))
            Log.Write($"{Image} is no image that a lab can run: a responder serves its ports. The annotation {LabImages.RunAnnotation}: \"true\" makes a lab run the container's command with this machine's programs.");
        Responder responder = new($"{pod.Plan.Id}");
        foreach (var (protocol, port) in LabImages.Ports(spec).Concat(HealthPorts()).Distinct())
            try
            {
                responder.Serve(pod.Sandbox.Space, protocol, port);
            }
            catch (IOException taken)
            {
                Log.Write($"port {port} cannot be served: {taken.Message}");
            }

        return responder;
    }

    private IEnumerable<(Protocol, int)> HealthPorts() => Probes.Select(k => HealthCheck.Of(spec, k)?.PortIn(spec)).OfType<int>().Select(p => (Protocol.Tcp, p));

    private async Task WatchHealthAsync(Action restart, CancellationToken run)
    {
        try
        {
            if (HealthCheck.Of(spec, "startupProbe") is { } startup)
                await CheckAsync(startup, "Startup", untilHealthy: true, isHealthy =>
                {
                    if (!isHealthy)
                        Restart("startup", restart);
                }, run);
            var ready = HealthCheck.Of(spec, "readinessProbe") is { } readiness
                ? CheckAsync(readiness, "Readiness", untilHealthy: false, isReady => pod.Become(() => State = State with { IsReady = isReady && State.Phase == ContainerPhase.Running }), run)
                : Task.CompletedTask;
            if (ready.IsCompleted && !State.IsReady)
                pod.Become(() => State = State with { IsReady = State.Phase == ContainerPhase.Running });
            if (HealthCheck.Of(spec, "livenessProbe") is { } liveness)
                await CheckAsync(liveness, "Liveness", untilHealthy: false, isAlive =>
                {
                    if (!isAlive)
                        Restart("liveness", restart);
                }, run);
            await ready;
        }
        catch (OperationCanceledException)
        {
            // The container has ended.
        }
    }

    private void Restart(string why, Action restart)
    {
        Report("Killing", $"Container {Name} failed {why} probe, will be restarted");
        restart();
    }

    // Tells each time that enough tries in a row have gone the other way.
    private async Task CheckAsync(HealthCheck check, string kind, bool untilHealthy, Action<bool> tell, CancellationToken run)
    {
        await Task.Delay(check.Delay, cell.Time, run);
        bool? told = null;
        for (var (good, bad) = (0, 0); ;)
        {
            var fault = await TryAsync(check, run);
            (good, bad) = fault is null ? (good + 1, 0) : (0, bad + 1);
            if (fault is not null)
                Report("Unhealthy", $"{kind} probe failed: {fault}", EventSeverity.Warning);
            bool? now = good >= check.Successes ? true : bad >= check.Failures ? false : null;
            if (now is { } news && news != told)
            {
                tell(news);
                told = news;
            }

            if (untilHealthy && now is not null)
                return;
            await Task.Delay(check.Period, cell.Time, run);
        }
    }

    private async Task<string?> TryAsync(HealthCheck check, CancellationToken run)
    {
        if (check.Command is not { } words)
            return check.PortIn(spec) is { } port ? await check.TryAsync(pod.OpenOnNode, pod.Plan.Addresses[0], port, run) : "the probe names a port that the container does not have";
        // A responder has none of its image's programs, so it cannot fail by them.
        if (command.Count == 0)
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(run);
        limit.CancelAfter(check.Patience);
        using var process = PodProcess.Start(pod.Sandbox, words, Environment, hasTerminal: false);
        try
        {
            return await process.EndAsync(limit.Token) is not 0 and var code ? $"command ended with code {code}" : null;
        }
        catch (OperationCanceledException) when (!run.IsCancellationRequested)
        {
            return $"command timed out after {check.Patience.TotalSeconds:0} s";
        }
    }

    private void Report(string reason, string message, EventSeverity severity = EventSeverity.Normal) =>
        cell.Report(pod, new("kubelet", reason, message) { Severity = severity, Part = $"spec.{(isInit ? "initContainers" : "containers")}{{{Name}}}" });
}
