using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Drawing;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall draw</c>: the namespace board, or what a change does to it.</summary>
internal static class DrawCommand
{
    public static Command Build(Terminal terminal)
    {
        var input = new Input();
        var before = new Option<string[]>("--before") { Description = "Manifests of the cluster before a change; the picture then shows before and after", HelpName = "PATH" };
        var title = new Option<string?>("--title") { Description = "A title over the picture (svg)", HelpName = "TEXT" };
        var width = new Option<int>("--width") { Description = "Width of the picture in pixels (svg)", DefaultValueFactory = _ => new Drawing.Svg.SvgOptions().Width, HelpName = "PIXELS" };
        width.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 450 or > 10_000)
                result.AddError("--width must be from 450 to 10000.");
        });
        var output = OutputOption.Of("svg", "mermaid", "dot", "text", "markdown");
        var command = new Command("draw", "A picture of who reaches whom: namespaces as boxes, and before/after a change") { before, title, width, output };
        input.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (await input.ReadAsync(parsed, terminal, cancellation) is not { } cluster)
                return ExitCode.BadInput;
            var board = Board.Of(cluster.Compiled);
            if (parsed.GetValue(before) is { Length: > 0 } paths)
            {
                if (input.Read(paths, parsed, terminal) is not { } earlier)
                    return ExitCode.BadInput;
                board = Board.Between(earlier.Compiled, cluster.Compiled);
            }

            using var progress = Progress.Start(terminal, "drawing");
            terminal.Out.Write(parsed.GetValue(output) switch
            {
                "mermaid" => Drawing.Mermaid.BoardMermaid.Draw(board),
                "dot" => Drawing.Dot.BoardDot.Draw(board),
                "text" => Drawing.Text.BoardText.Draw(board),
                "markdown" => Drawing.Text.BoardMarkdown.Draw(board),
                _ => Drawing.Svg.BoardSvg.Draw(board, new() { Title = parsed.GetValue(title), Width = parsed.GetValue(width) }),
            });
            return ExitCode.Ok;
        });
        return command;
    }
}
