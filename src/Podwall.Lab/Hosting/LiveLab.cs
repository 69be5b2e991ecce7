using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Probing;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>A lab that is up, seen from outside its namespaces: the API as everybody has it, and what else a lab can do.</summary>
/// <param name="end">Takes it down with this object; null for one that goes on.</param>
public sealed class LiveLab(LabRecord record, ApiClient client, Func<Task>? end = null) : ILab
{
    public bool IsSimulated => false;

    public LabSize Size => record.Size;

    public TimeSpan CameUpIn { get; init; }

    /// <summary>The file with which kubectl talks to it.</summary>
    public string Kubeconfig => record.Kubeconfig;

    /// <exception cref="AccessException">Its kubeconfig cannot be read.</exception>
    public static LiveLab Of(LabRecord record) => new(record, Client(record));

    /// <summary>Brings one up that goes with the object, or with this process.</summary>
    /// <param name="wanted">What lab it shall be.</param>
    /// <param name="host">The command line that makes one inside, to which the name is added.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LabException">It does not come up.</exception>
    public static async Task<LiveLab> StartAsync(LabRecord wanted, IEnumerable<string> host, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        List<string> warnings = [];
        LabRecord record;
        try
        {
            record = await LabLauncher.UpAsync(wanted with { EndsWithItsMaker = true }, host, warnings.Add, cancellation);
        }
        catch (LabException)
        {
            // What its log had to say is in the message.
            await LabLauncher.DownAsync(wanted.Name);
            throw;
        }

        return new(record, Client(record), () => LabLauncher.DownAsync(record.Name)) { CameUpIn = TimeProvider.System.GetElapsedTime(started) };
    }

    public async Task BecomeAsync(IReadOnlyList<ManifestSource> objects, IReadOnlyList<LabelChange> labels, CancellationToken cancellation)
    {
        JsonArray sources = [];
        foreach (var source in objects)
        {
            using StreamReader reader = new(source.Open());
            sources.Add((JsonNode)new JsonObject { ["name"] = source.Name, ["text"] = await reader.ReadToEndAsync(cancellation) });
        }

        await StateAsync(new() { ["sources"] = sources, ["labels"] = new JsonArray([.. labels.Select(l => (JsonNode)LabControl.Written(l))]) }, cancellation);
    }

    /// <summary>Returns once everything is in force that others, such as kubectl, have asked of the cluster.</summary>
    /// <exception cref="LabException">It does not come to be.</exception>
    public Task SettleAsync(CancellationToken cancellation) => StateAsync([], cancellation);

    public Task<ValueList<Refusal>> RefusalsAsync(ManifestSource objects, CancellationToken cancellation) => Task.FromResult(Refusals.Of(objects));

    public async Task<LabCluster> SnapshotAsync(CancellationToken cancellation)
    {
        try
        {
            var read = await ClusterReader.ReadAsync(client, cancellation);
            return new(read.Snapshot, read.Services);
        }
        catch (ApiException failed)
        {
            throw new LabException($"the API of lab {record.Name} does not answer: {failed.Message}");
        }
    }

    public async Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, TimeSpan patience, IProgress<int> done, CancellationToken cancellation)
    {
        var outcomes = new ProbeOutcome[flows.Count];
        var finished = 0;
        await foreach (var line in AskAsync(LabControl.ProbesPath, new() { ["flows"] = new JsonArray([.. flows.Select(f => (JsonNode)LabControl.Written(f))]), ["milliseconds"] = (int)patience.TotalMilliseconds }, cancellation))
        {
            outcomes[(int)line["number"]!] = new(Enum.Parse<ProbeResult>((string)line["result"]!), (string?)line["reason"] ?? "");
            done.Report(++finished);
        }

        return finished == flows.Count ? outcomes.ToValueList() : throw new LabException($"lab {record.Name} ended while it probed");
    }

    /// <summary>A list of words that runs a command at an address outside the cluster, from the lab's first process on.</summary>
    /// <exception cref="LabException">No client can have the address.</exception>
    public async Task<IReadOnlyList<string>> EnterOutsideAsync(string address, CancellationToken cancellation)
    {
        await foreach (var line in AskAsync(LabControl.OutsidePath, new() { ["address"] = address }, cancellation))
            return line["problem"] is { } problem ? throw new LabException((string)problem!) : [.. ((JsonArray)line["words"]!).Select(w => (string)w!)];
        throw new LabException($"lab {record.Name} did not answer");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (end is not null)
            await end();
    }

    private async Task StateAsync(JsonObject wanted, CancellationToken cancellation)
    {
        await foreach (var line in AskAsync(LabControl.StatePath, wanted, cancellation))
            throw new LabException((string)line["problem"]!);
    }

    // A lab takes its time to become what it is asked to be.
    private static ApiClient Client(LabRecord record) => new(Kubernetes.Access.Kubeconfig.Load(Surroundings.OfProcess, record.Kubeconfig)) { AnswerLimit = TimeSpan.FromMinutes(10) };

    private async IAsyncEnumerable<JsonObject> AskAsync(string path, JsonObject question, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var body = await OpenAsync(path, question, cancellation);
        using StreamReader reader = new(body.Stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellation) is { } line)
            yield return (JsonObject)JsonNode.Parse(line)!;
    }

    private async Task<ApiBody> OpenAsync(string path, JsonObject question, CancellationToken cancellation)
    {
        try
        {
            return await client.PostAsync(path, TreeJson.Bytes(question), cancellation);
        }
        catch (ApiException failed)
        {
            throw new LabException($"lab {record.Name} does not answer: {failed.Message}");
        }
    }
}
