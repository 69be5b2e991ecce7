using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// The file systems of pods: the host's programs, read only, and nothing else of the host; a list of what is shown, so that
/// what nobody thought of stays hidden.
/// </summary>
internal sealed class PodRoot
{
    private const string OwnFiles = ".podwall", Host = ".host";

    // Where systems keep programs and what those are linked with.
    private static readonly string[] ProgramFolders = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix", "gnu"];

    private static readonly string[] EmptyFolders = ["proc", "dev", "tmp", "run", "root", "home", "var/tmp", "var/run", "var/log", "etc", "mnt", "opt", "srv", OwnFiles];

    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom", "tty"];

    private static readonly string[] BusyBoxes = ["/usr/bin/busybox", "/bin/busybox", "/usr/local/bin/busybox"];

    // What programs read of /etc that says nothing of the host's users.
    private static readonly string[] SharedSettings = ["alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ssl", "ca-certificates", "protocols", "services", "terminfo", "inputrc", "bash.bashrc", "localtime", "debian_version", "os-release"];

    // setpriv's names of what a container may do by default.
    private const string Rights = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+setfcap";

    private readonly string folder;
    private readonly IReadOnlyList<string> programs;

    private PodRoot(string folder, IReadOnlyList<string> programs) => (this.folder, this.programs) = (folder, programs);

    /// <summary>What a program in a pod is run under: without the rights that would let it out.</summary>
    internal static string[] Confined { get; } = [Tool.PathOf("setpriv"), "--no-new-privs", $"--bounding-set={Rights}", "--inh-caps=-all", "--"];

    /// <summary>The search path: this machine's programs, and BusyBox' for what it lacks.</summary>
    public static string SearchPath => $"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/{OwnFiles}/busybox";

    /// <summary>Lays out what all pods share.</summary>
    /// <param name="folder">An empty directory of this lab's own mount namespace.</param>
    public static async Task<PodRoot> CreateAsync(string folder, CancellationToken cancellation)
    {
        var shared = Path.Combine(folder, "shared");
        Directory.CreateDirectory(Path.Combine(shared, "etc"));
        Directory.CreateDirectory(Path.Combine(shared, "busybox"));
        foreach (var name in SharedSettings)
            Copy($"/etc/{name}", Path.Combine(shared, "etc", name));
        // GNU's wget would try twenty times, BusyBox' tries once, as the tutorials expect.
        await File.WriteAllTextAsync(Path.Combine(shared, "etc", "wgetrc"), "tries = 1\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(shared, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(shared, "etc", "group"), "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(shared, "etc", "nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n", cancellation);
        if (BusyBox() is { } busybox)
            await Tool.RunAsync([busybox, "--install", "-s", Path.Combine(shared, "busybox")], "", cancellation);
        var devices = Path.Combine(folder, "dev");
        Directory.CreateDirectory(Path.Combine(devices, "pts"));
        Directory.CreateDirectory(Path.Combine(devices, "shm"));
        List<string> mounts = [];
        foreach (var device in Devices)
        {
            await File.WriteAllTextAsync(Path.Combine(devices, device), "", cancellation);
            mounts.Add($"mount --bind /dev/{device} {devices}/{device}");
        }

        foreach (var (link, target) in ((string, string)[])[("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")])
            File.CreateSymbolicLink(Path.Combine(devices, link), target);
        // What is mounted read only here is so in every pod. Flags that the host set cannot be taken off, so they are tried with.
        string[] programs = [.. ProgramFolders.Where(n => Directory.Exists($"/{n}") && new DirectoryInfo($"/{n}").LinkTarget is null)];
        foreach (var (from, to) in programs.Select(n => ($"/{n}", Path.Combine(folder, "programs", n))).Append((shared, shared)))
        {
            Directory.CreateDirectory(to);
            mounts.Add($"mount --rbind {from} {to}");
            mounts.Add($"mount -o remount,bind,ro {to} 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev {to}");
        }

        await Tool.RunAsync(["sh", "-ec", string.Join('\n', mounts)], "", cancellation);
        return new(folder, programs);
    }

    private static string? BusyBox() => BusyBoxes.FirstOrDefault(File.Exists);

    /// <summary>Lays out the files of one pod.</summary>
    public void Lay(string name, string hostname, IEnumerable<Address> addresses, string resolver)
    {
        var root = Path.Combine(folder, name);
        foreach (var empty in EmptyFolders.Concat(programs).Append(Host))
            Directory.CreateDirectory(Path.Combine(root, empty));
        foreach (var link in ProgramFolders)
            if (new DirectoryInfo($"/{link}").LinkTarget is { } target)
                File.CreateSymbolicLink(Path.Combine(root, link), target);
        foreach (var entry in new DirectoryInfo(Path.Combine(folder, "shared", "etc")).EnumerateFileSystemInfos())
            File.CreateSymbolicLink(Path.Combine(root, "etc", entry.Name), $"/{OwnFiles}/etc/{entry.Name}");
        File.WriteAllText(Path.Combine(root, "etc", "hostname"), $"{hostname}\n");
        File.WriteAllText(Path.Combine(root, "etc", "resolv.conf"), resolver);
        File.WriteAllText(Path.Combine(root, "etc", "hosts"), string.Join('\n', ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", .. addresses.Select(a => $"{a}\t{hostname}"), ""]));
    }

    /// <summary>
    /// Makes them the root of all who live in the mount namespace of this thread, whose <c>/proc</c> is already the pod's; see
    /// <c>pivot_root(2)</c>.
    /// </summary>
    public void Enter(string name)
    {
        var root = Path.Combine(folder, name);
        SystemCalls.Bind(root, root);
        foreach (var program in programs)
            SystemCalls.Bind(Path.Combine(folder, "programs", program), Path.Combine(root, program));
        SystemCalls.Bind(Path.Combine(folder, "shared"), Path.Combine(root, OwnFiles));
        SystemCalls.Bind(Path.Combine(folder, "dev"), Path.Combine(root, "dev"));
        SystemCalls.Mount("devpts", Path.Combine(root, "dev/pts"), "newinstance,ptmxmode=0666,mode=0620");
        SystemCalls.Mount("tmpfs", Path.Combine(root, "dev/shm"), "size=64m");
        SystemCalls.Bind("/proc", Path.Combine(root, "proc"));
        SystemCalls.ChangeRoot(root, Path.Combine(root, Host));
        SystemCalls.Detach($"/{Host}");
        Directory.Delete($"/{Host}");
    }

    public void Remove(string name) => Directory.Delete(Path.Combine(folder, name), recursive: true);

    private static void Copy(string from, string to)
    {
        try
        {
            if (File.Exists(from) && new FileInfo(from).LinkTarget is null)
                File.Copy(from, to);
            else if (Directory.Exists(from))
                CopyFolder(new(from), to);
            else if (new FileInfo(from).LinkTarget is { } target)
                File.CreateSymbolicLink(to, target);
        }
        catch (UnauthorizedAccessException)
        {
            // What this user may not read, a pod need not either.
        }
    }

    private static void CopyFolder(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos().Where(e => e.Name != "private"))
            if (entry.LinkTarget is { } target)
                File.CreateSymbolicLink(Path.Combine(to, entry.Name), target);
            else
                Copy(entry.FullName, Path.Combine(to, entry.Name));
    }
}
