using System.Diagnostics;

namespace Podwall.SystemTests;

/// <summary>
/// Starts the tests again inside user, network and mount namespaces of their own, so that they need no root and touch
/// nothing of the host. Where the machine forbids that, the tests run and skip themselves.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (Sandbox.IsInside || !Sandbox.IsPossible)
            return Run(arguments);
        var (file, self) = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? (path, (string?)null) : ("dotnet", typeof(Program).Assembly.Location);
        ProcessStartInfo start = new("unshare", ["-Urnm", "--propagation", "private", file, .. self is null ? Array.Empty<string>() : [self], .. arguments]);
        start.Environment[Sandbox.Variable] = "1";
        using var inside = Process.Start(start)!;
        inside.WaitForExit();
        return inside.ExitCode;
    }

    private static int Run(string[] arguments) => arguments.Any(a => a is "--server" or "--internal-msbuild-node")
        ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
        : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments).GetAwaiter().GetResult();
}
