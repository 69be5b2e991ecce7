using Podwall.Cli;

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
