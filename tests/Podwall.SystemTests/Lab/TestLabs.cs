using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.SystemTests.Lab;

/// <summary>Labs that go with the test.</summary>
internal static class TestLabs
{
    private static int number;

    /// <summary>The command line of <c>podwall</c>, as it was built with the tests.</summary>
    public static string[] Podwall => [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "podwall.dll")];

    public static Task<LiveLab> StartAsync(int nodes, IpFamilies families, CancellationToken cancellation)
    {
        Sandbox.Require();
        // The API is reached over the loopback of whoever brought the lab up.
        Sandbox.Command("ip", ["link", "set", "lo", "up"]);
        return LiveLab.StartAsync(new($"test-{Environment.ProcessId}-{Interlocked.Increment(ref number)}", nodes, families, [], 0), [.. Podwall, "lab-host"], cancellation);
    }
}
