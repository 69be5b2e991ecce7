using System.Net;
using System.Net.Sockets;
using Podwall.SystemTests.Packets;
using Podwall.Tests;

namespace Podwall.SystemTests.Lab;

/// <summary>Labs that do not come up: they say why, and leave nothing.</summary>
[Collection(KernelCollection.Name)]
public sealed class FailedLabTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var lab = UserLab.None(limit.Token);
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        await FailsAsync(lab, [], [.. Programs.Podwall, "lab", "up", "--port", $"{((IPEndPoint)other.LocalEndpoint).Port}"], "cannot be listened on");
    }

    [Fact]
    public async Task A_place_with_too_long_a_path_is_named()
    {
        await using var lab = UserLab.None(limit.Token);
        await FailsAsync(lab, [$"PODWALL_LAB_HOME={Path.Combine(Path.GetTempPath(), new string('x', 90))}"], [.. Programs.Podwall, "lab", "up"], "set PODWALL_LAB_HOME to a directory of your own with a shorter one");
    }

    [Fact]
    public async Task What_the_kernel_refuses_inside_is_told_outside()
    {
        await using var lab = UserLab.None(limit.Token);
        var tools = Directory.CreateTempSubdirectory("podwall-tools").FullName;
        var ip = Path.Combine(tools, "ip");
        await File.WriteAllTextAsync(ip, "#!/bin/sh\n[ \"$1\" != -batch ] || { echo 'no more cables' >&2; exit 1; }\n", limit.Token);
        Sandbox.Command("chmod", ["+x", ip]);
        await FailsAsync(lab, [$"PATH={tools}:{Environment.GetEnvironmentVariable("PATH")}"], [.. Programs.Podwall, "lab", "up"], "the lab does not come up: ", "no more cables");
        Directory.Delete(tools, recursive: true);
    }

    private static async Task FailsAsync(UserLab lab, string[] variables, string[] command, params string[] said)
    {
        var before = Footprint.Of();
        var failed = await lab.RunAsync(["env", .. variables, .. command], "");
        Assert.Equal(2, failed.Code);
        foreach (var words in said)
            Assert.Contains(words, failed.Error, StringComparison.Ordinal);
        Assert.Empty(lab.Files);
        Assert.Equal(before, Footprint.Of());
    }
}
