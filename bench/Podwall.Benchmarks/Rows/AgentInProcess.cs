using System.Threading.Channels;
using Podwall.Agent;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>An agent's own loop in this process. Of what it is told while it is busy it sees the newest, as from the client.</summary>
internal sealed class AgentInProcess : IAsyncDisposable
{
    private readonly Channel<AgentState> states = Channel.CreateBounded<AgentState>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource stop = new();
    private readonly Enforcer enforcer;
    private readonly Task running;

    private AgentInProcess(Node node)
    {
        AgentOptions options = new(node.Name) { PodInterfaces = ["pod*"], Resync = TimeSpan.FromHours(1) };
        AgentLog log = new(TextWriter.Null, TimeProvider.System);
        enforcer = new(options, new(), log, TimeProvider.System, new() { Interfere = (_, isSent) => Transactions += isSent ? 1 : 0 });
        running = Task.Run(() => new AgentLoop(enforcer, options, log).RunAsync(states.Reader.ReadAllAsync(stop.Token), stop.Token));
    }

    /// <summary>How many the kernel took.</summary>
    public int Transactions { get; private set; }

    /// <summary>Once this state of the cluster is in force.</summary>
    public static async Task<AgentInProcess> StartAsync(Node node, Snapshot first)
    {
        AgentInProcess agent = new(node);
        do
        {
            agent.Tell(first);
            await Task.Yield();
        }
        while (!agent.enforcer.IsInForce);
        return agent;
    }

    public void Tell(Snapshot state)
    {
        // A loop that has ended would never answer.
        if (running.IsCompleted)
            running.GetAwaiter().GetResult();
        states.Writer.TryWrite(new(state, ""));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        enforcer.Dispose();
        stop.Dispose();
    }
}
