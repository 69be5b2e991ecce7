using Podwall.AgentHost;

return await AgentCommand.RunAsync(args, Console.Out, Console.Error);
