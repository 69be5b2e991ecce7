using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Cli.Lab;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Hosting;

namespace Podwall.Cli.Commands;

/// <summary><c>podwall lab from</c>: a command as a client beyond the cluster, for <c>ipBlock</c>.</summary>
internal static class LabFromCommand
{
    public static Command Build(Terminal terminal)
    {
        var name = LabName.Option();
        var address = new Argument<string>("ADDRESS") { Description = "Of 10.0.0.0/8 or a documentation range (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32)" };
        var words = new Argument<string[]>("COMMAND") { Description = "What to run there; write -- before it", Arity = ArgumentArity.OneOrMore };
        var command = new Command("from", "Runs a command as a client outside the cluster, at an address of your choice") { name, address, words };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (LabName.Running(parsed.GetValue(name)!, out var problem) is not { } lab)
                return LabStatusCommand.Missing(terminal, problem);
            try
            {
                using ApiClient client = new(Kubeconfig.Load(terminal.Surroundings, lab.Kubeconfig));
                await using var body = await client.OpenAsync($"{LabControl.OutsidePath}?address={Uri.EscapeDataString(parsed.GetValue(address)!)}", cancellation: cancellation);
                var inside = (JsonArray)(await JsonNode.ParseAsync(body.Stream, cancellationToken: cancellation))!;
                ProcessStartInfo start = new("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--target={lab.First}"), "--user", "--preserve-credentials", "--mount", "--pid", "--", .. inside.Select(w => (string)w!), .. parsed.GetValue(words)!]);
                using var process = Process.Start(start)!;
                await process.WaitForExitAsync(cancellation);
                return process.ExitCode;
            }
            catch (Exception failed) when (failed is ApiException or AccessException)
            {
                return CheckCommand.Complain(terminal, failed.Message);
            }
        });
        return command;
    }
}
