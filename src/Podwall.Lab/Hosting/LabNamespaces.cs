using System.ComponentModel;
using System.Diagnostics;

namespace Podwall.Lab.Hosting;

/// <summary>The user, network, mount and process namespaces that a lab lives in: with its first process the kernel takes all of it away.</summary>
public static class LabNamespaces
{
    private const string Variable = "PODWALL_LAB_NAMESPACES";

    private static readonly string[] Unshare = ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];

    /// <summary>What is in the environment of what runs inside; there, users have other names than outside.</summary>
    internal static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Variable] = "1",
        [LabRecord.HomeVariable] = LabRecord.Home,
        // A process that is killed would leave its debugger's pipes among the temporary files.
        ["DOTNET_EnableDiagnostics"] = "0",
    };

    public static bool IsInside => System.Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Why this machine has no room for a lab, and the way out; null where it has.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "a lab is made of Linux namespaces, and this is another system; run it in a Linux machine";
        foreach (var (tool, package) in ((string, string)[])[("unshare", "util-linux"), ("nsenter", "util-linux"), ("setpriv", "util-linux"), ("ip", "iproute2"), ("nft", "nftables")])
            if (!Works([tool, tool == "ip" ? "-V" : "--version"], out _))
                return $"'{tool}' is missing; eng/setup installs it (package {package})";
        if (!Works(["unshare", .. Unshare, "true"], out var said))
            return $"this machine forbids user namespaces ({said}); on Ubuntu eng/setup offers an AppArmor profile; in a container: one without the default seccomp profile; or run podwall with sudo";
        return Works(["unshare", .. Unshare, "nft", "add table ip podwall"], out said) ? null : $"the kernel has no nftables for user namespaces ({said}); a newer one has, or load its module nf_tables";
    }

    /// <summary>A command line that runs another inside namespaces of its own, which end with it.</summary>
    internal static string[] Enter(IEnumerable<string> command) => ["unshare", .. Unshare, "--", .. command];

    private static bool Works(string[] command, out string said)
    {
        said = "";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            said = process.StandardError.ReadToEnd().Trim().ReplaceLineEndings("; ");
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
