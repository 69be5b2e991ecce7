using System.ComponentModel;
using System.Diagnostics;
using Podwall.Lab.Probing;

namespace Podwall.Lab.Hosting;

/// <summary>Programs of the host that a lab is made with (util-linux, iproute2, nftables), run to their end.</summary>
internal static class Tool
{
    private static readonly string[] ProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    /// <exception cref="LabException">It is not there, or fails.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, string input, CancellationToken cancellation)
    {
        var process = Start(command);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await FeedAsync(process, input, cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                throw new LabException($"{string.Join(' ', command)}: {(await errors + await output).Trim().ReplaceLineEndings("; ")}");
        }
        finally
        {
            LetGo(process);
        }
    }

    /// <summary>Lines for <c>ip -batch</c> in a network namespace.</summary>
    public static Task IpAsync(NetworkSpace space, IEnumerable<string> lines, CancellationToken cancellation) =>
        RunAsync([.. Entering(space), "ip", "-batch", "-"], string.Join('\n', lines) + "\n", cancellation);

    public static Task NftAsync(NetworkSpace space, string script, CancellationToken cancellation) =>
        RunAsync([.. Entering(space), "nft", "-f", "-"], script, cancellation);

    public static string[] Entering(NetworkSpace space) => ["nsenter", $"--net={space.Path}", "--"];

    /// <summary>A program by its whole path, which means the same in every pod; BusyBox has others of the same names.</summary>
    public static string PathOf(string program) => ProgramFolders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists) ?? program;

    /// <summary>Closes a process that was started here, and its streams, which it leaves to those who have used them.</summary>
    public static void LetGo(Process process)
    {
        foreach (var stream in new[] { process.StandardInput.BaseStream, process.StandardOutput.BaseStream, process.StandardError.BaseStream })
            stream.Dispose();
        process.Dispose();
    }

    private static async Task FeedAsync(Process process, string input, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read everything; why, it says.
        }
    }

    /// <summary>A process whose three streams are ours; see <see cref="LetGo"/>.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">All that it gets of an environment; null for ours.</param>
    public static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new LabException($"{command[0]} cannot be run ({missing.Message}); eng/setup installs what a lab needs");
        }
    }
}
