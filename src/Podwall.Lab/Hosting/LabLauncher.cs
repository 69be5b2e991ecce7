using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Podwall.Lab.Probing;

namespace Podwall.Lab.Hosting;

/// <summary>Brings labs up that go on by themselves, and takes them down, from outside their namespaces.</summary>
public static class LabLauncher
{
    /// <summary>The last line that a lab prints while it comes up; those before it are warnings.</summary>
    public const string Ready = "ready";

    // Held until this process ends: that is how labs which end with it learn of it.
    private static readonly List<StreamWriter> Lifelines = [];

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10), Patience = TimeSpan.FromSeconds(10);

    /// <param name="wanted">What lab it shall be; port 0 is any that is free.</param>
    /// <param name="host">The command line that makes one inside, to which the name is added.</param>
    /// <param name="warn">Told what is not as it should be, though the lab is up.</param>
    /// <param name="cancellation">Gives up, and takes down what is there.</param>
    /// <exception cref="LabException">There is one of that name, or it does not come up.</exception>
    public static async Task<LabRecord> UpAsync(LabRecord wanted, IEnumerable<string> host, Action<string> warn, CancellationToken cancellation)
    {
        if (LabRecord.Find(wanted.Name) is { IsAlive: true } there)
            throw new LabException($"lab {wanted.Name} is up since {there.Since.LocalDateTime:t}; 'podwall lab down --name {wanted.Name}' takes it down, and another --name has room beside it");
        await DownAsync(wanted.Name);
        LabRecord.MakeFolder(wanted.Name);
        using var listening = Listen(wanted.Port);
        var record = wanted with { Port = ((IPEndPoint)listening.LocalEndPoint!).Port, Listening = SystemCalls.Inherited((int)listening.Handle), Since = TimeProvider.System.GetUtcNow() };
        record.Save();
        // It waits until it is written down, so that it is always found. A session of its own: an interrupt at this terminal is not for the lab.
        string[] command = ["sh", "-c", "read -r go || exit; log=$1; shift; exec \"$@\" 2>>\"$log\"", "sh", record.Log, "setsid", .. LabNamespaces.Enter([.. host, record.Name])];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        foreach (var (variable, value) in LabNamespaces.Environment)
            start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        SystemCalls.Close(record.Listening);
        record = record with { Process = process.Id, Began = LabRecord.BeginningOf(process.Id) };
        record.Save();
        await process.StandardInput.WriteLineAsync("go");
        await process.StandardInput.FlushAsync(CancellationToken.None);
        if (record.EndsWithItsMaker)
            Lifelines.Add(process.StandardInput);
        else
            process.StandardInput.Close();
        try
        {
            string? line;
            while ((line = await process.StandardOutput.ReadLineAsync(cancellation)) is not null and not Ready)
                warn(line);
            if (line is null)
            {
                await process.WaitForExitAsync(cancellation);
                throw new LabException($"the lab does not come up: {LastOf(record.Log)}");
            }
        }
        catch (OperationCanceledException)
        {
            await DownAsync(record.Name);
            throw;
        }

        record = WithFirst(record);
        record.Save();
        return record;
    }

    /// <summary>Ends all of a lab, whatever is left of it, and tells whether there was anything.</summary>
    /// <exception cref="LabException">Something of it cannot be ended.</exception>
    public static async Task<bool> DownAsync(string name)
    {
        var folder = LabRecord.FolderOf(name);
        if (!Directory.Exists(folder))
            return false;
        if (Readable(name) is { } record)
        {
            // One that did not come up does not know its first process.
            record = record.First == 0 ? WithFirst(record) : record;
            if (record.IsAlive)
                SystemCalls.Signal(record.Process, SystemCalls.Kill);
            // With the first process the kernel ends all the others.
            for (var started = Stopwatch.GetTimestamp(); record.IsThere; await Task.Delay(Glance))
                if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new LabException($"process {record.Process} of lab {name} does not end");
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private static LabRecord? Readable(string name)
    {
        try
        {
            return LabRecord.Find(name);
        }
        catch (LabException)
        {
            return null;
        }
    }

    private static Socket Listen(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException taken)
        {
            socket.Dispose();
            throw new LabException($"port {port} cannot be listened on: {taken.Message}; name another with --port, or none");
        }
    }

    private static LabRecord WithFirst(LabRecord record)
    {
        var first = record.IsAlive && ChildrenOf(record.Process).Split(' ') is [var child, ..] && int.TryParse(child, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return record with { First = first, FirstBegan = LabRecord.BeginningOf(first) };
    }

    private static string ChildrenOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string LastOf(string log) => File.Exists(log) && File.ReadLines(log).LastOrDefault(l => l.Length > 0) is { } last ? last : "it ended without a word";
}
