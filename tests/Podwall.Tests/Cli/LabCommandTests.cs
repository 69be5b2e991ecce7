using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Podwall.Cli;

namespace Podwall.Tests.Cli;

/// <summary><c>podwall lab</c> as a process of its own, as users and scripts start it.</summary>
public sealed class LabCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-lab").FullName;

    private string Kubeconfig => Path.Combine(folder, "kubeconfig");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("lab api", 0)]
    [InlineData("lab simulate --pods 200 --nodes 4 --policies 40 --churn 50/s", 200)]
    public async Task Serves_until_it_is_told_to_stop(string line, int pods)
    {
        using var process = Start($"{line} --write-kubeconfig {Kubeconfig}");
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } said && !said.StartsWith("export KUBECONFIG=", StringComparison.Ordinal))
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kubeconfig));
        var matrix = await CliRun.Of("matrix", "--by", "pod", "-o", "json", "--kubeconfig", Kubeconfig);
        Assert.Equal("", matrix.Error);
        Assert.Equal(ExitCode.Ok, matrix.Code);
        if (pods > 0)
            Assert.Contains("app-0", matrix.Out, StringComparison.Ordinal);
        using (var kill = Process.Start("kill", [$"{process.Id}"]))
            await kill.WaitForExitAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(Stop));
        Assert.Equal(ExitCode.Ok, process.ExitCode);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_before_anything_is_built()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await RefusedAsync($"lab simulate --workload W-L --port {port} --write-kubeconfig {Kubeconfig}", "--port");
        await RefusedAsync($"lab simulate --workload W-L --write-kubeconfig {folder}/no/such/place", "--write-kubeconfig");
        await RefusedAsync($"lab api --socket {folder}/no/such/place --write-kubeconfig {Kubeconfig}", "--socket");
        await File.WriteAllTextAsync(Kubeconfig, "current-context: production", Stop);
        await RefusedAsync($"lab api --write-kubeconfig {Kubeconfig}", "another cluster");
    }

    private static async Task RefusedAsync(string line, string named)
    {
        using var process = Start(line);
        var error = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(ExitCode.BadInput, process.ExitCode);
        Assert.Contains(named, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static Process Start(string line)
    {
        return Process.Start(new ProcessStartInfo(Programs.Podwall[0], [.. Programs.Podwall[1..], .. line.Split(' ')])
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
