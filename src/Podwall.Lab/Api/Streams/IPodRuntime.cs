using System.Threading.Channels;
using Podwall.Policy;

namespace Podwall.Lab.Api.Streams;

/// <summary>What runs the processes of pods: the part of a cluster that an API server does not have by itself.</summary>
public interface IPodRuntime
{
    /// <summary>Runs a command beside what runs in a container, and gives its exit code.</summary>
    Task<int> ExecAsync(PodCommand command, PodStreams streams, CancellationToken cancellation);

    /// <summary>Joins what runs in a container until it ends, and gives its exit code.</summary>
    Task<int> AttachAsync(PodCommand command, PodStreams streams, CancellationToken cancellation);

    /// <summary>Writes what a container has said, and goes on if that is asked for.</summary>
    Task LogAsync(PodLog log, Stream output, CancellationToken cancellation);
}

/// <summary>What is to run, and where; joining has no words.</summary>
public sealed record PodCommand(PodId Pod, string Container, ValueList<string> Words, bool HasTerminal);

/// <summary>Which part of what a container has said.</summary>
public sealed record PodLog(PodId Pod, string Container)
{
    public bool Follows { get; init; }

    public bool IsOfLastRun { get; init; }

    public bool HasTimes { get; init; }

    public int? LastLines { get; init; }

    public int? Seconds { get; init; }

    public long? Bytes { get; init; }
}

/// <summary>The ends of a command's streams; one that is not asked for is empty, or swallows.</summary>
/// <param name="Sizes">The terminal's size, each time that it changes.</param>
public sealed record PodStreams(Stream Input, Stream Output, Stream Error, ChannelReader<TerminalSize> Sizes);

/// <summary>Columns and rows.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);
