using System.CommandLine;
using System.Net.Sockets;
using Podwall.Agent;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Nftables.Netlink;

namespace Podwall.AgentHost;

/// <summary>The command line of <c>podwall-agent</c>.</summary>
public static class AgentCommand
{
    private const string About =
        """
        Podwall's node agent: makes NetworkPolicy true in the kernel of one node.

        It needs CAP_NET_ADMIN in the node's network namespace, owns the table "inet podwall" and touches nobody else's.

        Exit codes: 0 done, 1 differences or findings, 2 bad usage or unreadable input, 3 cluster or kernel refuses.
        """;

    /// <summary>Done, or nothing found.</summary>
    public const int Ok = 0;

    /// <summary>Differences or findings.</summary>
    public const int Found = 1;

    /// <summary>Bad usage, or input that cannot be read.</summary>
    public const int BadInput = 2;

    /// <summary>The cluster or the kernel refuses.</summary>
    public const int Refused = 3;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = Build(output, error).Parse(arguments, new() { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors)
                await error.WriteLineAsync($"podwall-agent: {fault.Message.ReplaceLineEndings(" ")}");
            await error.WriteLineAsync($"See 'podwall-agent {(parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ")}--help'.");
            return BadInput;
        }

        var (code, why) = await GuardedAsync(parsed, output, error);
        if (why.Length > 0)
            await error.WriteLineAsync($"podwall-agent: {why}");
        return code;
    }

    private static async Task<(int Code, string Why)> GuardedAsync(ParseResult parsed, TextWriter output, TextWriter error)
    {
        try
        {
            return (await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }), "");
        }
        catch (NetlinkException refused)
        {
            var finding = HostFindings.Refusal(refused);
            return (Refused, $"{finding.What}. {finding.Fix}.");
        }
        catch (Exception unusable) when (unusable is AccessException or ApiException)
        {
            return (Refused, unusable.Message);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or SocketException or InputException)
        {
            return (BadInput, unreadable.Message);
        }
        catch (OperationCanceledException)
        {
            return (Ok, "");
        }
    }

    private static RootCommand Build(TextWriter output, TextWriter error)
    {
        NodeInput node = new();
        ClusterInput cluster = new();
        return new(About)
        {
            RunCommand.Build(node, cluster, error),
            TableCommands.Close(node, output),
            TableCommands.Render(node, cluster, output),
            TableCommands.Dump(cluster, output),
            TableCommands.Verify(node, cluster, output),
            TableCommands.Cleanup(output),
            TableCommands.Doctor(node, output),
        };
    }
}

/// <summary>Input that cannot be used, in one line.</summary>
public sealed class InputException(string message) : Exception(message);
