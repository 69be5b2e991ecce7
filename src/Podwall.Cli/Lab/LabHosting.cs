using System.Globalization;
using System.Runtime.InteropServices;
using Podwall.Kubernetes;
using Podwall.Lab.Hosting;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>What this program does as the first process of a lab.</summary>
internal static class LabHosting
{
    /// <summary>The first word of such a command line; the lab's name follows.</summary>
    public const string Word = "lab-host";

    public static async Task<int> RunAsync(string name)
    {
        if (!LabNamespaces.IsInside || LabRecord.Find(name) is not { } record)
        {
            await Console.Error.WriteLineAsync($"'{Word}' is how 'podwall lab up' runs a lab; it is not for people.");
            return ExitCode.BadInput;
        }

        using CancellationTokenSource stop = new();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            var manifests = ManifestPaths.Expand(record.Manifests, new DiskFiles(() => Stream.Null));
            await using (var host = await LabHost.StartAsync(record, [.. LabSource.Self, LabSource.AgentWord], manifests, Log, Console.WriteLine, stop.Token))
            {
                Console.WriteLine(LabLauncher.Ready);
                if (record.EndsWithItsMaker)
                    _ = EndWithInputAsync(stop);
                await host.RunAsync(stop.Token);
            }

            if (record.EndsWithItsMaker)
                await LabHost.ForgetAsync(record);
            return ExitCode.Ok;
        }
        catch (Exception failed) when (failed is LabException or IOException)
        {
            Log(failed.Message);
            return ExitCode.BadInput;
        }
    }

    private static async Task EndWithInputAsync(CancellationTokenSource stop)
    {
        // Nothing is ever written: the end of it is the end of who holds the other side.
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        await stop.CancelAsync();
    }

    private static void Log(string line)
    {
        lock (Console.Error)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {line}"));
    }
}
