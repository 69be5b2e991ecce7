using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Podwall.Kubernetes;

namespace Podwall.Agent;

/// <summary>Follows a directory of manifests, for a host that has no API server.</summary>
public sealed class ManifestFollower(string directory, TimeProvider? time = null)
{
    /// <summary>Who writes a file writes more than once: it is read when so long nothing happened, or it went on for too long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(2);

    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>
    /// The states of the directory, each time the newest. What cannot be read in full makes a state that is not whole; the
    /// one before stays in force.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public async IAsyncEnumerable<AgentState> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory} is no directory");
        // However much happens, there is one thing to do: read again.
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using FileSystemWatcher watcher = new(directory) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => changed.Writer.TryWrite(true);
        watcher.Created += (_, _) => changed.Writer.TryWrite(true);
        watcher.Deleted += (_, _) => changed.Writer.TryWrite(true);
        watcher.Renamed += (_, _) => changed.Writer.TryWrite(true);
        watcher.Error += (_, _) => changed.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        yield return Read(directory);
        while (await changed.Reader.WaitToReadAsync(cancellation))
        {
            var began = time.GetTimestamp();
            while (changed.Reader.TryRead(out _) && time.GetElapsedTime(began) < Patience)
                await Task.Delay(Quiet, time, cancellation);
            yield return Read(directory);
        }
    }

    /// <summary>The directory as it is now.</summary>
    public static AgentState Read(string path)
    {
        var manifests = ManifestReader.Read(ManifestPaths.Expand([path], new DiskFiles(() => Stream.Null)));
        return new(manifests.Snapshot, manifests.CanDecide ? "" : string.Join("; ", manifests.Diagnostics.Where(d => d.LeavesTrafficOpen).Select(d => d.ToString())));
    }
}
