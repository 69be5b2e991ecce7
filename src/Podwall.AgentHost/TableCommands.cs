using System.CommandLine;
using Podwall.Agent;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
using Podwall.Nftables.Text;
using Podwall.Policy;

namespace Podwall.AgentHost;

/// <summary>What is done with the table once, by hand or by a boot unit.</summary>
internal static class TableCommands
{
    public static Command Close(NodeInput node, TextWriter output)
    {
        var command = new Command("close", "Loads the table with every pod of the node closed, for a boot unit or an init step before the first pod; a table in force is left alone");
        node.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var options = node.Read(parsed);
            if (!options.TellsPodsApart)
                throw new InputException("close needs --pod-interface or --pod-cidr: without them nothing says which addresses are pods of this node.");
            using KernelTable table = new();
            if (table.IsInForce())
            {
                output.WriteLine("a table is in force already and is left as it is");
                return Task.FromResult(AgentCommand.Ok);
            }

            table.Install(new Lowered(options.FactsOf(Snapshot.Empty)).Contents);
            output.WriteLine("every pod of this node is closed until an agent runs");
            return Task.FromResult(AgentCommand.Ok);
        });
        return command;
    }

    public static Command Render(NodeInput node, ClusterInput cluster, TextWriter output)
    {
        var command = new Command("render", "Shows the program and the maps that this node would get; needs no rights");
        node.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var contents = LoweredOf(node.Read(parsed), await cluster.ReadAsync(parsed, cancellation)).Contents;
            TableText.Write(output, PolicyProgram.Instance);
            output.WriteLine();
            TableText.Write(output, PortProgram.Instance);
            TableText.Write(output, shape => contents[shape].Elements);
            return AgentCommand.Ok;
        });
        return command;
    }

    public static Command Dump(ClusterInput cluster, TextWriter output)
    {
        var command = new Command("dump", "Shows what the kernel holds, in Podwall's words; pods have names where a cluster is given");
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var snapshot = cluster.IsGiven(parsed) ? await cluster.ReadAsync(parsed, cancellation) : Snapshot.Empty;
            Dictionary<Address, string> names = [];
            foreach (var pod in snapshot.Pods)
                foreach (var address in pod.Addresses)
                    names.TryAdd(address, pod.Id.ToString());
            using KernelTable table = new();
            if (!table.IsWhole())
                throw new InputException("the kernel holds no table of this agent; podwall-agent run loads it.");
            new TableWords(table.Read, address => names.GetValueOrDefault(address, address.ToString())).Write(output);
            foreach (var (reason, count) in table.Dropped().OrderBy(d => d.Key, StringComparer.Ordinal))
                output.WriteLine($"dropped {reason}: {count}");
            return AgentCommand.Ok;
        });
        return command;
    }

    public static Command Verify(NodeInput node, ClusterInput cluster, TextWriter output)
    {
        var command = new Command("verify", "Compares the kernel with the engine: equal (exit 0), or each difference (exit 1)");
        node.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var contents = LoweredOf(node.Read(parsed), await cluster.ReadAsync(parsed, cancellation)).Contents;
            using KernelTable table = new();
            if (!table.IsWhole())
            {
                output.WriteLine("the kernel holds no table of this agent, or somebody changed its rules");
                return AgentCommand.Found;
            }

            var deltas = table.Differences(contents);
            foreach (var delta in deltas)
                TableText.Write(output, delta);
            output.WriteLine(deltas.Count == 0 ? $"equal: {contents.All.Sum(c => c.Count)} elements" : $"{deltas.Sum(d => d.Count)} differences");
            return deltas.Count == 0 ? AgentCommand.Ok : AgentCommand.Found;
        });
        return command;
    }

    public static Command Cleanup(TextWriter output)
    {
        Option<bool> stay = new("--stay") { Description = "Does nothing more until it is stopped, so that a DaemonSet does it once on each node" };
        var command = new Command("cleanup", "Removes the agent's tables and nothing else: every pod is open from then on") { stay };
        command.SetAction(async (parsed, cancellation) =>
        {
            foreach (var program in new Nftables.Model.Program[] { PolicyProgram.Instance, PortProgram.Instance })
            {
                using KernelTable table = new(program);
                table.Delete();
            }

            await output.WriteLineAsync("the table is gone; policies are no longer enforced on this node");
            if (parsed.GetValue(stay))
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return AgentCommand.Ok;
        });
        return command;
    }

    public static Command Doctor(NodeInput node, TextWriter output)
    {
        var command = new Command("doctor", "Looks at the kernel and the host for what would keep policies from being true");
        node.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var proxy = await ProxyFindings.AskAsync(cancellation);
            var findings = new HostFindings(node.Read(parsed)).All().Concat(proxy.All()).ToList();
            output.WriteLine($"kube-proxy: {(proxy.Mode is { } mode ? $"{mode} mode" : "not seen on this node")}");
            foreach (var finding in findings)
            {
                output.WriteLine($"{(finding.IsFatal ? "FAILS " : "warns ")} {finding.What}");
                output.WriteLine($"       {finding.Fix}");
            }

            output.WriteLine(findings.Count == 0 ? "nothing stands in the way" : $"{findings.Count} findings");
            return findings.Count == 0 ? AgentCommand.Ok : AgentCommand.Found;
        });
        return command;
    }

    private static Lowered LoweredOf(AgentOptions options, Snapshot snapshot)
    {
        Lowered lowered = new(options.FactsOf(snapshot));
        lowered.Update(Compiled.Compile(snapshot));
        return lowered;
    }
}
