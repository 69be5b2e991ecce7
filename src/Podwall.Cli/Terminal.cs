using System.Text;
using Podwall.Cli.Lab;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;

namespace Podwall.Cli;

/// <summary>Where a run reads and writes, and what a person sees there: all that is ambient, handed in.</summary>
public sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public Terminal(Stream input, Stream output, Stream error)
    {
        (Input, Output) = (input, output);
        Out = new(output, Utf8, 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        Error = new(error, Utf8, 1024, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
    }

    public Stream Input { get; }

    /// <summary>Environment and home directory, in which the way to a live cluster is configured.</summary>
    public Surroundings Surroundings { get; init; } = Surroundings.OfProcess;

    /// <summary>Where labs come from.</summary>
    public Func<LabSource> Labs { get; init; } = () => LabSource.Simulated("nobody said where a lab could be made");

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IFileTree Files => new DiskFiles(() => Input);

    /// <summary>For bytes; flush <see cref="Out"/> before writing here.</summary>
    public Stream Output { get; }

    public StreamWriter Out { get; }

    public StreamWriter Error { get; }

    /// <summary>A person looks at the output, and did not ask for plain text.</summary>
    public bool IsColourful { get; init; }

    /// <summary>A person looks at the messages, so that long work may show how far it is.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Columns of the screen, as far as they are known.</summary>
    public int Width { get; init; } = 120;

    public static Terminal OfProcess() => new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError())
    {
        IsColourful = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb",
        ShowsProgress = !Console.IsErrorRedirected,
        Labs = LabSource.OfProcess,
        // The console class would reset the terminal's modes only to tell its width.
        Width = !Console.IsOutputRedirected && int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) ? columns : 120,
    };

    public void Dispose()
    {
        Close(Out);
        Close(Error);
    }

    // Where the reader has gone, nobody is left to be told.
    private static void Close(StreamWriter writer)
    {
        try
        {
            writer.Dispose();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
        }
    }
}
