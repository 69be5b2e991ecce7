using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Podwall.Cli.Lab;
using Podwall.Kubernetes.Access;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab from</c>: a command as a client beyond the cluster, for <c>ipBlock</c>.</summary>
internal static class LabFromCommand
{
    public static Command Build(Terminal terminal)
    {
        var name = LabName.Option();
        var address = new Argument<string>("ADDRESS") { Description = "Any address that is not the lab's own, such as 10.1.2.3 or 203.0.113.7" };
        var words = new Argument<string[]>("COMMAND") { Description = "What to run there; write -- before it", Arity = ArgumentArity.OneOrMore };
        var command = new Command("from", "Runs a command as a client outside the cluster, at an address of your choice") { name, address, words };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (LabName.Running(parsed.GetValue(name)!, out var problem) is not { } lab)
                return LabStatusCommand.Missing(terminal, problem);
            try
            {
                await using var live = LiveLab.Of(lab);
                var inside = await live.EnterOutsideAsync(parsed.GetValue(address)!, cancellation);
                ProcessStartInfo start = new("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--target={lab.First}"), "--user", "--preserve-credentials", "--mount", "--pid", "--", .. inside, .. parsed.GetValue(words)!]);
                using var process = Process.Start(start)!;
                await process.WaitForExitAsync(cancellation);
                return process.ExitCode;
            }
            catch (Exception failed) when (failed is LabException or AccessException)
            {
                return CheckCommand.Complain(terminal, $"{failed.Message}.");
            }
        });
        return command;
    }
}
