using System.Globalization;

namespace Podwall.SystemTests.Lab;

/// <summary>
/// What labs could leave behind on the machine. The kernel shows the namespaces of a process only to who has a right to it:
/// whatever is below the tests' own namespaces, and nothing of anybody else.
/// </summary>
internal static class Footprint
{
    private static readonly string[] Kinds = ["user", "net", "mnt", "pid", "uts", "ipc"];

    /// <summary>Processes and namespaces of labs; mounts, links and tables where labs are made.</summary>
    public static string[] Of() =>
    [
        .. Processes("").Select(p => $"process {p} {Said(p, "cmdline").Replace('\0', ' ')}"),
        .. Namespaces,
        .. File.ReadAllLines("/proc/self/mountinfo"),
        .. File.ReadAllLines("/proc/net/dev").Select(l => l.Split(':')[0]),
        Sandbox.Command("nft", ["list", "ruleset"]),
    ];

    /// <summary>Those of all labs, as far as a process lives in them.</summary>
    public static IEnumerable<string> Namespaces => Processes("").SelectMany(p => Kinds.Select(k => Space(p, k))).Distinct();

    /// <summary>The processes of labs, here and outside of it, whose words, each ended by a zero, hold a text.</summary>
    public static int[] Processes(string words)
    {
        var own = Space(Environment.ProcessId, "user");
        return
        [
            .. from folder in Directory.EnumerateDirectories("/proc")
               let number = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var parsed) ? parsed : 0
               where number > 0 && Space(number, "user") is { Length: > 0 } space && space != own && Lives(number) && Said(number, "cmdline").Contains(words, StringComparison.Ordinal)
               orderby number
               select number,
        ];
    }

    /// <summary>Those whose words begin so.</summary>
    public static int[] Programs(string words) => [.. Processes(words).Where(p => Said(p, "cmdline").StartsWith(words, StringComparison.Ordinal))];

    /// <summary>Whether it has not ended; one that has may still wait for its parent to ask how.</summary>
    public static bool Lives(int process) => Said(process, "stat") is { Length: > 0 } stat && !stat.Contains(") Z", StringComparison.Ordinal) && !stat.Contains(") X", StringComparison.Ordinal);

    /// <summary>A file of a process; empty where it has ended.</summary>
    public static string Said(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Space(int process, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/{kind}").LinkTarget ?? "";
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
