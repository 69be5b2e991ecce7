using System.Collections.Concurrent;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>The pods that run, as those find them who want to run something in them or to hear what they say.</summary>
internal sealed class PodRuntime : IPodRuntime
{
    private readonly ConcurrentDictionary<PodId, PodWorker> workers = new();

    public void Add(PodWorker worker) => workers[worker.Plan.Id] = worker;

    public void Remove(PodWorker worker) => workers.TryRemove(new(worker.Plan.Id, worker));

    /// <exception cref="IOException">It is not there, or not yet.</exception>
    public PodWorker Find(PodId id) => workers.TryGetValue(id, out var worker) ? worker : throw new IOException($"pod {id} is not running");

    public async Task<int> ExecAsync(PodCommand command, PodStreams streams, CancellationToken cancellation)
    {
        var worker = Find(command.Pod);
        var container = worker.Container(command.Container);
        try
        {
            using var process = PodProcess.Start(worker.Sandbox, command.Words, container.Environment, command.HasTerminal);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _ = FeedAsync(streams, process, ended.Token);
            _ = ResizeAsync(streams, process, ended.Token);
            var output = Task.WhenAll(CopyAsync(process.Output, streams.Output), CopyAsync(process.Error, streams.Error));
            var code = await process.EndAsync(cancellation);
            await output;
            await ended.CancelAsync();
            return code;
        }
        catch (LabException failed)
        {
            throw new IOException(failed.Message, failed);
        }
    }

    public async Task<int> AttachAsync(PodCommand command, PodStreams streams, CancellationToken cancellation)
    {
        var container = Find(command.Pod).Container(command.Container);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (container.Process is { } process)
        {
            _ = FeedAsync(streams, process, ended.Token);
            _ = ResizeAsync(streams, process, ended.Token);
        }

        await foreach (var part in container.Log.Join().ReadAllAsync(cancellation))
            await streams.Output.WriteAsync(part, cancellation);
        await ended.CancelAsync();
        return 0;
    }

    public Task LogAsync(PodLog log, Stream output, CancellationToken cancellation)
    {
        var container = Find(log.Pod).Container(log.Container);
        var asked = log.IsOfLastRun ? container.LastLog ?? throw new IOException($"previous terminated container {log.Container} in pod {log.Pod.Name} not found") : container.Log;
        return asked.SendAsync(log, output, cancellation);
    }

    private static async Task FeedAsync(PodStreams streams, PodProcess process, CancellationToken cancellation)
    {
        try
        {
            await streams.Input.CopyToAsync(process.Input, cancellation);
            process.EndInput();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program reads no more, or there is no more to read.
        }
    }

    private static async Task ResizeAsync(PodStreams streams, PodProcess process, CancellationToken cancellation)
    {
        try
        {
            await foreach (var size in streams.Sizes.ReadAllAsync(cancellation))
                process.Resize(size);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException or LabException)
        {
            // The terminal has gone.
        }
    }

    // Each part goes out as it comes: a person may be watching.
    private static async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var length)
                await to.WriteAsync(buffer.AsMemory(0, length));
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
        {
            // Nobody listens any more, or nobody speaks.
        }
    }
}
