using System.Threading.Channels;

namespace Podwall.Cli.Lab;

/// <summary>Tells when files change, and waits until whoever writes them is done.</summary>
internal sealed class FileChanges : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly Channel<string> changed = Channel.CreateUnbounded<string>();
    private readonly List<FileSystemWatcher> watchers = [];
    private readonly TimeProvider time;

    public FileChanges(IEnumerable<string> paths, TimeProvider time)
    {
        this.time = time;
        foreach (var path in paths.Where(Path.Exists))
        {
            var isFolder = Directory.Exists(path);
            FileSystemWatcher watcher = new(isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, isFolder ? "*" : Path.GetFileName(path)) { IncludeSubdirectories = isFolder };
            watcher.Changed += (_, e) => Note(e.FullPath);
            watcher.Created += (_, e) => Note(e.FullPath);
            watcher.Deleted += (_, e) => Note(e.FullPath);
            watcher.Renamed += (_, e) => Note(e.FullPath);
            // What was missed may have been anything.
            watcher.Error += (_, _) => changed.Writer.TryWrite(path);
            watcher.EnableRaisingEvents = true;
            watchers.Add(watcher);
        }
    }

    /// <summary>Waits for a change and then for a while without any; gives the names of what changed.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(CancellationToken cancellation)
    {
        HashSet<string> names = [await changed.Reader.ReadAsync(cancellation)];
        while (await IsFollowedAsync(cancellation))
            while (changed.Reader.TryRead(out var name))
                names.Add(name);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        foreach (var watcher in watchers)
            watcher.Dispose();
    }

    private async Task<bool> IsFollowedAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var more = changed.Reader.WaitToReadAsync(stop.Token).AsTask();
        var quiet = Task.Delay(Quiet, time, stop.Token);
        var first = await Task.WhenAny(more, quiet);
        await stop.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return first == more;
    }

    // Editors write beside the file first; only manifests matter.
    private void Note(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" or ".json")
            changed.Writer.TryWrite(Path.GetFileName(path));
    }
}
