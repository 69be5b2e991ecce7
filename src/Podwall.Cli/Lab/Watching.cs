using System.CommandLine;
using Podwall.Cli.Output;

namespace Podwall.Cli.Lab;

/// <summary>Runs something again whenever a file changes, until it is interrupted; that ends with 0.</summary>
internal static class Watching
{
    public static Option<bool> Option() => new("--watch") { Description = "Run again when a file changes, until it is interrupted" };

    /// <summary>Once, or as often as something changes.</summary>
    public static Task<int> RunAsync(bool watches, IEnumerable<string> paths, Terminal terminal, Func<Task<int>> run, CancellationToken cancellation) =>
        watches ? RunAsync(paths, terminal, run, cancellation) : run();

    private static async Task<int> RunAsync(IEnumerable<string> paths, Terminal terminal, Func<Task<int>> run, CancellationToken cancellation)
    {
        string[] watched = [.. paths];
        // Nobody is told when a path that does not exist begins to.
        if (!watched.All(System.IO.Path.Exists))
            return await run();
        using FileChanges changes = new(watched, terminal.Time);
        var paper = new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);
        try
        {
            while (true)
            {
                await run();
                await terminal.Out.FlushAsync(cancellation);
                paper.Line(new Piece($"watching {string.Join(", ", watched)}; Ctrl-C ends", Ink.Dim));
                var names = await changes.NextAsync(cancellation);
                paper.Line().Line(new Piece($"---- changed: {string.Join(", ", names)} ----", Ink.Strong));
            }
        }
        catch (OperationCanceledException)
        {
            // The user has seen enough.
            return ExitCode.Ok;
        }
    }
}
