using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Podwall.Lab.Probing;

namespace Podwall.Lab.Hosting;

/// <summary>What the kernel does for a lab that .NET does not ask it for: namespaces, mounts and terminals (<c>namespaces(7)</c>, <c>mount(2)</c>, <c>pts(4)</c>).</summary>
internal static partial class SystemCalls
{
    public const int NewNetwork = 0x40000000, NewMount = 0x00020000, NewNames = 0x04000000, ShareFiles = 0x00000200;

    public const int Terminate = 15, Kill = 9;

    private const int ReadOnly = 0, ReadWrite = 2, NoControllingTerminal = 0x100, CloseOnExec = 0x80000;

    private const nuint UnlockTerminal = 0x40045431, TerminalNumber = 0x80045430, SetWindowSize = 0x5414;

    /// <summary>Moves this thread alone into a namespace.</summary>
    public static void Enter(SafeFileHandle space, int kind) => Checked(setns((int)space.DangerousGetHandle(), kind), "enter a namespace");

    /// <summary>Gives this thread alone namespaces of its own.</summary>
    public static void Leave(int kinds) => Checked(unshare(kinds), "make a namespace");

    public static SafeFileHandle Open(string path) => new(Checked(open(path, ReadOnly | CloseOnExec), $"open {path}"), ownsHandle: true);

    /// <summary>The name of the machine, as this thread's namespace of names has it.</summary>
    public static void SetHostname(string name) => Checked(sethostname(name, (nuint)System.Text.Encoding.UTF8.GetByteCount(name)), "name a host");

    /// <summary>Shows a directory, with all that is mounted in it, at another place too.</summary>
    public static void Bind(string from, string to)
    {
        const nuint BindAll = 0x1000 | 0x4000;
        Checked(mount(from, to, null, BindAll, null), $"mount {from} at {to}");
    }

    /// <summary>Mounts a new file system of a kind that needs no device.</summary>
    public static void Mount(string kind, string at, string options)
    {
        const nuint NoRights = 0x2 | 0x8;
        Checked(mount(kind, at, kind, NoRights, options), $"mount {kind} at {at}");
    }

    /// <summary>Changes the root of all who see this thread's mounts; they see the old one at a place below the new.</summary>
    public static void ChangeRoot(string root, string old)
    {
        // The C library has no name for it.
        nint call = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 155,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 41,
            Architecture.Arm => 218,
            var other => throw new LabException($"a lab does not run on {other}"),
        };
        Checked((int)syscall(call, root, old), $"change the root to {root}");
        Checked(chdir("/"), "enter the root");
    }

    /// <summary>Takes away what is mounted at a place, for those who are still there once they leave.</summary>
    public static void Detach(string at)
    {
        const int Lazily = 2;
        Checked(umount2(at, Lazily), $"unmount {at}");
    }

    /// <summary>A new terminal of the file system that this thread sees, both its ends, and the name of the far one there.</summary>
    public static (SafeFileHandle Near, SafeFileHandle Far, string Name) OpenTerminal()
    {
        SafeFileHandle near = new(Checked(open("/dev/ptmx", ReadWrite | NoControllingTerminal | CloseOnExec), "open a terminal"), ownsHandle: true);
        var number = 0;
        Checked(ioctl(near, UnlockTerminal, ref number), "unlock a terminal");
        Checked(ioctl(near, TerminalNumber, ref number), "name a terminal");
        var name = $"/dev/pts/{number}";
        return (near, new(Checked(open(name, ReadWrite | NoControllingTerminal | CloseOnExec), $"open {name}"), ownsHandle: true), name);
    }

    /// <summary>A raw socket of a protocol that .NET has no name for.</summary>
    public static SafeSocketHandle OpenRaw(AddressFamily family, int protocol)
    {
        const int Ip = 2, Ipv6 = 10, Raw = 3;
        return new(Checked(socket(family == AddressFamily.InterNetworkV6 ? Ipv6 : Ip, Raw | CloseOnExec, protocol), "open a raw socket"), ownsHandle: true);
    }

    public static void Resize(SafeFileHandle terminal, ushort width, ushort height)
    {
        var size = (ulong)height | ((ulong)width << 16);
        Checked(ioctl(terminal, SetWindowSize, ref size), "resize a terminal");
    }

    /// <summary>Sends a signal; whoever has ended already needs none.</summary>
    public static void Signal(int process, int signal) => _ = kill(process, signal);

    /// <summary>The same open file under a number that programs which are started inherit.</summary>
    public static int Inherited(int descriptor) => Checked(dup(descriptor), "duplicate a descriptor");

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Programs that are started do not inherit an open file any more.</summary>
    public static void KeepFromPrograms(int descriptor)
    {
        const int SetFlags = 2, CloseOnStart = 1;
        Checked(fcntl(descriptor, SetFlags, CloseOnStart), "change a descriptor");
    }

    private static int Checked(int result, string what) =>
        result >= 0 ? result : throw new LabException($"the kernel does not {what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int kinds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, ref int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, ref ulong value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sethostname(string name, nuint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? kind, nuint flags, string? options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, string first, string second);
}
