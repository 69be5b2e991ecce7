using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Podwall.Kubernetes;

namespace Podwall.Cli.Comparing;

/// <summary>What git says to be wrong, in its own words.</summary>
internal sealed class GitException(string message) : Exception(message);

/// <summary>Reads the manifests of a revision without checking it out.</summary>
internal static class GitTree
{
    private static readonly string[] Wanted = [".yaml", ".yml", ".json", ".podwallignore"];

    /// <summary>The two revisions of <c>BASE..HEAD</c>; <c>BASE...HEAD</c> begins where HEAD left BASE; without a HEAD it is the working tree, which is null.</summary>
    /// <exception cref="GitException">There is no such revision, no repository or no git.</exception>
    public static async Task<(string Base, string? Head)> RangeAsync(string text, CancellationToken cancellation)
    {
        var (left, right, fromFork) = text.Split("...") is [var a, var b] ? (a, b, true) : text.Split("..") is [var c, var d] ? (c, d, false) : (text, "", false);
        var start = await CommitAsync(left.Length > 0 ? left : "HEAD", cancellation);
        if (right.Length == 0 && !text.Contains("..", StringComparison.Ordinal))
            return (start, null);
        var end = await CommitAsync(right.Length > 0 ? right : "HEAD", cancellation);
        return (fromFork ? (await TextAsync(["merge-base", start, end], cancellation)).Trim() : start, end);
    }

    /// <summary>The files of a commit below the current directory that could be manifests.</summary>
    /// <exception cref="GitException">The files cannot be read.</exception>
    public static async Task<IFileTree> ReadAsync(string commit, CancellationToken cancellation)
    {
        var listed = await TextAsync(["ls-tree", "-r", "-z", commit], cancellation);
        var files = listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t', 2))
            .Select(l => (Name: l[1], Blob: l[0].Split(' ')[2], IsFile: l[0].StartsWith("100", StringComparison.Ordinal)))
            .Where(f => f.IsFile && Wanted.Any(w => f.Name.EndsWith(w, StringComparison.OrdinalIgnoreCase))).ToArray();
        var contents = await RunAsync(["cat-file", "--batch"], string.Concat(files.Select(f => f.Blob + "\n")), cancellation);
        return new MemoryFiles(Contents(files.Select(f => f.Name), contents));
    }

    private static Dictionary<string, string> Contents(IEnumerable<string> names, byte[] batch)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        var at = 0;
        foreach (var name in names)
        {
            // A line with object, type and size, then the bytes, then a line feed.
            var line = Array.IndexOf(batch, (byte)'\n', at);
            var size = int.Parse(Encoding.ASCII.GetString(batch, at, line - at).Split(' ')[2], CultureInfo.InvariantCulture);
            texts[name] = Encoding.UTF8.GetString(batch, line + 1, size);
            at = line + size + 2;
        }

        return texts;
    }

    private static async Task<string> CommitAsync(string revision, CancellationToken cancellation) =>
        (await TextAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", $"{revision}^{{commit}}"], cancellation, $"git knows no revision '{revision}'; in CI, fetch it first (a shallow clone holds one commit only).")).Trim();

    private static async Task<string> TextAsync(string[] arguments, CancellationToken cancellation, string? whenItFails = null) =>
        Encoding.UTF8.GetString(await RunAsync(arguments, "", cancellation, whenItFails));

    private static async Task<byte[]> RunAsync(string[] arguments, string input, CancellationToken cancellation, string? whenItFails = null)
    {
        ProcessStartInfo start = new("git", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using MemoryStream output = new();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
            await reading;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0)
                return output.ToArray();
            var said = (await errors).Trim();
            throw new GitException(whenItFails is not null && said.Length == 0 ? whenItFails : $"git: {said.ReplaceLineEndings("; ")}");
        }
        catch (Win32Exception)
        {
            throw new GitException("git cannot be run; --git needs it on the PATH.");
        }
    }
}
