using Microsoft.Win32.SafeHandles;

namespace Podwall.Lab.Hosting;

/// <summary>A network namespace of a node, a pod or the world outside; it lives as long as something holds it.</summary>
internal sealed class NetworkSpace : IDisposable
{
    private readonly SafeFileHandle handle;

    private NetworkSpace(SafeFileHandle handle) => this.handle = handle;

    /// <summary>What the kernel calls it in this process, as long as this object lives.</summary>
    public int Descriptor => (int)handle.DangerousGetHandle();

    /// <summary>For programs that enter it; they must see this process in their <c>/proc</c>.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{Descriptor}";

    public static NetworkSpace Create() => new(OnThread(() =>
    {
        SystemCalls.Leave(SystemCalls.NewNetwork);
        return SystemCalls.Open("/proc/thread-self/ns/net");
    }));

    public static NetworkSpace Of(int process) => new(SystemCalls.Open($"/proc/{process}/ns/net"));

    /// <summary>
    /// Runs on a thread that is inside; sockets that it opens stay there. It must start nothing that goes on by itself: a
    /// thread of the pool that was born in here would never leave.
    /// </summary>
    public T Run<T>(Func<T> work) => OnThread(() =>
    {
        SystemCalls.Enter(handle, SystemCalls.NewNetwork);
        return work();
    });

    public void Dispose() => handle.Dispose();

    internal static T OnThread<T>(Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        }, 256 * 1024);
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new IOException(failure.Message, failure);
    }
}
