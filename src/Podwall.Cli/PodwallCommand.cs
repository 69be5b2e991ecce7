using System.CommandLine;
using Podwall.Cli.Commands;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;

namespace Podwall.Cli;

/// <summary>The root of the command line.</summary>
public static class PodwallCommand
{
    private const string About =
        """
        Podwall: who can reach whom in a Kubernetes cluster, exactly, and why.

        Start with
          podwall lab run k8s/labs/security                          a policy before and after
          podwall check  -f DIR --from apps/web --to apps/db:5432    one verdict, with its reasons
          podwall matrix -f DIR                                      who reaches whom
          podwall validate -f DIR                                    what the API server would refuse
          podwall lint -f DIR                                        what does not do what it seems to be written for

        Exit codes: 0 allowed or clean, 1 denied or findings, 2 bad usage or unreadable input, 3 cluster unreachable.
        """;

    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        // No response files: a value that begins with @ is a value, never a file to read.
        var parsed = Build(terminal).Parse(arguments, new() { ResponseFileTokenReplacer = null });
        if (arguments.Length == 0)
        {
            await Build(terminal).Parse("--help").InvokeAsync(new() { Output = terminal.Out, Error = terminal.Error }, cancellation);
            return ExitCode.BadInput;
        }

        if (parsed.Errors.Count > 0)
        {
            // The parser lists choices a line each; a message here is one line.
            CheckCommand.Complain(terminal, [.. parsed.Errors.Where(e => parsed.UnmatchedTokens.Count == 0 || parsed.CommandResult.Command is not RootCommand || e.Message.Contains('\'')).Select(e => e.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal))]);
            await terminal.Error.WriteLineAsync($"{Meant(parsed)}See '{CommandPath(parsed)} --help'.");
            return ExitCode.BadInput;
        }

        try
        {
            var code = await parsed.InvokeAsync(new() { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }, cancellation);
            await terminal.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (AccessException unusable)
        {
            CheckCommand.Complain(terminal, unusable.Message);
            return ExitCode.Unreachable;
        }
        catch (ApiException failed)
        {
            CheckCommand.Complain(terminal, failed.Message);
            return ExitCode.Unreachable;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.BadInput;
        }
        catch (ArgumentOutOfRangeException) when (arguments[0].StartsWith('['))
        {
            // A shell that asks for completions at a place outside the line gets none.
            return ExitCode.BadInput;
        }
        catch (IOException broken) when (broken is not FileNotFoundException and not DirectoryNotFoundException)
        {
            // The reader of a pipe has gone, as head does when it has seen enough.
            return ExitCode.BadInput;
        }
    }

    private static RootCommand Build(Terminal terminal)
    {
        var root = Commands(terminal);
        // The slash forms are for another system's habits, and would be offered as completions.
        foreach (var help in root.Options.OfType<System.CommandLine.Help.HelpOption>())
            foreach (var alias in help.Aliases.Where(a => a.StartsWith('/')).ToArray())
                help.Aliases.Remove(alias);
        return root;
    }

    private static RootCommand Commands(Terminal terminal) => new(About)
    {
        CheckCommand.Build(terminal),
        MatrixCommand.Build(terminal),
        DrawCommand.Build(terminal),
        DiffCommand.Build(terminal),
        EquivalentCommand.Build(terminal),
        TestCommand.Build(terminal),
        QueryCommand.Build(terminal),
        SuggestCommand.Build(terminal),
        ValidateCommand.Build(terminal),
        LintCommand.Build(terminal),
        GetCommand.Build(terminal),
        DescribeCommand.Build(terminal),
        ProbeCommand.Build(terminal),
        UiCommand.Build(terminal),
        LabCommand.Build(terminal),
        CompletionCommand.Build(terminal),
    };

    private static string Meant(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string[] known = [.. command.Subcommands.Select(c => c.Name), .. command.Options.Select(o => o.Name)];
        var near = parsed.UnmatchedTokens.Select(t => Nearest.To(t, known)).OfType<string>().Distinct().ToArray();
        if (near.Length > 0)
            return $"Did you mean {string.Join(" and ", near)}? ";
        var files = parsed.UnmatchedTokens.Where(Path.Exists).ToArray();
        return files.Length > 0 && known.Contains("--filename") ? $"Files are named with -f: {string.Join(' ', files.Select(f => $"-f {f}"))}. " : "";
    }

    private static string CommandPath(ParseResult parsed)
    {
        var path = "";
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand and var command }; at = at.Parent)
            path = $" {command.Name}{path}";
        return $"podwall{path}";
    }
}
