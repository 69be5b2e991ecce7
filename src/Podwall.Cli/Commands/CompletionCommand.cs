using System.CommandLine;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall completion</c>: a script for the shell, which asks podwall itself what could come next.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        # bash completion for podwall; load it with: source <(podwall completion bash)
        _podwall() {
            local IFS=$'\n'
            COMPREPLY=($("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
            [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -F _podwall podwall kubectl-podwall
        """;

    private const string Zsh =
        """
        #compdef podwall
        # zsh completion for podwall; load it with: source <(podwall completion zsh)
        _podwall() {
            local -a words_found
            words_found=("${(@f)$(podwall "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            [[ -n "${words_found[*]}" ]] && compadd -- "${words_found[@]}" || _files
        }
        compdef _podwall podwall
        """;

    private const string Fish =
        """
        # fish completion for podwall; load it with: podwall completion fish | source
        complete -c podwall -a '(podwall "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    public static Command Build(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "A completion script for your shell") { shell };
        command.SetAction(parsed =>
        {
            terminal.Out.WriteLine(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCode.Ok;
        });
        return command;
    }
}
