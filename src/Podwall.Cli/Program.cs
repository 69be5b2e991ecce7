using Podwall.AgentHost;
using Podwall.Cli;
using Podwall.Cli.Lab;

// The agent on a lab's node is this same program.
if (args is [LabSource.AgentWord, .. var words])
    return await AgentCommand.RunAsync(words, Console.Out, Console.Error);
if (args is [LabHosting.Word, var lab])
    return await LabHosting.RunAsync(lab);
try
{
    using var terminal = Terminal.OfProcess();
    return await PodwallCommand.RunAsync(args, terminal);
}
catch (Exception closed) when (closed is IOException or UnauthorizedAccessException or ObjectDisposedException)
{
    // Standard output or standard error is closed: nobody is left to be told.
    return ExitCode.BadInput;
}
