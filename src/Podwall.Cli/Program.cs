using Podwall.Cli;

using var terminal = Terminal.OfProcess();
return await PodwallCommand.RunAsync(args, terminal);
