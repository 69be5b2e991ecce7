using Podwall.AgentHost;

// What arrives on a socket is taken by the thread that waits for it: to wake another for each event of a watch costs as much as all else about it.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
return await AgentCommand.RunAsync(args, Console.Out, Console.Error);
