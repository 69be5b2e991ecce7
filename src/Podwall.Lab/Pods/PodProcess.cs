using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Hosting;

namespace Podwall.Lab.Pods;

/// <summary>A program that runs in a pod, between three streams or at a terminal.</summary>
internal sealed class PodProcess : IDisposable
{
    private readonly Process process;
    private readonly SafeFileHandle? terminal, far;

    // The far end is held until the program has ended: one that was never opened would never end, either.
    private PodProcess(Process process, SafeFileHandle? terminal, SafeFileHandle? far)
    {
        (this.process, this.terminal, this.far) = (process, terminal, far);
        if (terminal is null)
        {
            (Input, Output, Error) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream, process.StandardError.BaseStream);
            return;
        }

        process.StandardInput.Close();
        // Two streams: one would not write while it waits for something to read.
        (Input, Output) = (new FileStream(terminal, FileAccess.Write, 0), new TerminalStream(terminal));
        Error = process.StandardError.BaseStream;
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>With a terminal, only what kept the program from starting.</summary>
    public Stream Error { get; }

    /// <exception cref="Probing.LabException">Nothing can be started on this machine.</exception>
    public static PodProcess Start(PodSandbox sandbox, IEnumerable<string> words, IReadOnlyDictionary<string, string> environment, bool hasTerminal)
    {
        if (!hasTerminal)
            return new(Tool.Start([.. sandbox.Inside(words)], environment), null, null);
        var (near, far, name) = sandbox.AmongFiles(SystemCalls.OpenTerminal);
        return new(Tool.Start([.. sandbox.Inside(["/bin/sh", "-c", $"exec {Tool.PathOf("setsid")} -c -w \"$@\" <>{name} >&0 2>&1", "sh", .. words])], environment), near, far);
    }

    /// <summary>Nothing more will be typed. A terminal stays: closed at one end, it is closed at both.</summary>
    public void EndInput()
    {
        if (terminal is null)
            Input.Close();
    }

    /// <summary>Its exit code, as shells give it; 126 and 127 where it could not be started.</summary>
    public async Task<int> EndAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        far?.Dispose();
        return process.ExitCode;
    }

    public void Resize(TerminalSize size)
    {
        if (terminal is not null)
            SystemCalls.Resize(terminal, size.Width, size.Height);
    }

    /// <summary>Tells the program itself, which is a child of what we started it with.</summary>
    public void Signal(int signal)
    {
        try
        {
            if (process.HasExited)
                return;
            foreach (var child in File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                SystemCalls.Signal(int.Parse(child, CultureInfo.InvariantCulture), signal);
        }
        catch (IOException)
        {
            // It ended meanwhile.
        }
    }

    public void Dispose()
    {
        Signal(SystemCalls.Kill);
        Tool.LetGo(process);
        far?.Dispose();
        // Whoever still reads is told so by the kernel, once the far end is closed.
        terminal?.Dispose();
    }

    /// <summary>The near end of a terminal. That nobody is at the far end any more is its end, not a failure.</summary>
    private sealed class TerminalStream(SafeFileHandle near) : FileStream(near, FileAccess.Read, 0)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException)
            {
                return 0;
            }
        }
    }
}
