using System.CommandLine;

namespace Podwall.Cli.Commands;

internal static class DrawCommand
{
    public static Command Build(Terminal terminal) => new("draw", "");
}
