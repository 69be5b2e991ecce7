using System.CommandLine;
using Podwall.Agent;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Policy;

namespace Podwall.AgentHost;

/// <summary>The options that describe the node.</summary>
internal sealed class NodeInput
{
    private readonly Option<string> name = new("--node-name") { Description = "The node's name in the API [env NODE_NAME; else the host's name]", HelpName = "NAME", DefaultValueFactory = _ => Variables.Text("NODE_NAME") ?? Environment.MachineName };

    private readonly Option<string[]> ranges = new("--pod-cidr") { Description = "Where this node's pods get their addresses; may be given again [env POD_CIDRS; else spec.podCIDRs of the Node]", HelpName = "CIDR", DefaultValueFactory = _ => Variables.List("POD_CIDRS") };

    private readonly Option<string[]> families = new("--family") { Description = "The IP family that pods use, ipv4 or ipv6; may be given again; of the other they get and send nothing [env FAMILIES; else both]", HelpName = "FAMILY", DefaultValueFactory = _ => Variables.List("FAMILIES") };

    private readonly Option<string[]> interfaces = new("--pod-interface") { Description = "The interfaces behind which pods are; a * at the end stands for any rest: 'veth*'; may be given again [env POD_INTERFACES]", HelpName = "NAME", DefaultValueFactory = _ => Variables.List("POD_INTERFACES") };

    public NodeInput()
    {
        ranges.Validators.Add(result =>
        {
            foreach (var text in result.GetValueOrDefault<string[]>() ?? [])
                if (!Cidr.TryParse(text, out _))
                    result.AddError($"--pod-cidr '{text}' is no range of addresses; write for example 10.244.1.0/24.");
        });
        families.Validators.Add(result =>
        {
            foreach (var text in result.GetValueOrDefault<string[]>() ?? [])
                if (FamilyOf(text) is null)
                    result.AddError($"--family '{text}' is none; write ipv4 or ipv6.");
        });
        interfaces.Validators.Add(result =>
        {
            foreach (var text in result.GetValueOrDefault<string[]>() ?? [])
                if (text.Length is 0 or > 15 || text.IndexOf('*') is >= 0 and var star && star < text.Length - 1)
                    result.AddError($"--pod-interface '{text}' is no name of an interface; write for example veth* (a * only at the end, 15 characters at most).");
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { name, ranges, interfaces, families })
            command.Options.Add(option);
    }

    public AgentOptions Read(ParseResult parsed) => new(parsed.GetValue(name)!)
    {
        PodRanges = parsed.GetValue(ranges)!.Select(Cidr.Parse).ToValueList(),
        PodInterfaces = parsed.GetValue(interfaces)!.ToValueList(),
        Families = parsed.GetValue(families) is { Length: > 0 } some ? some.Select(FamilyOf).OfType<IpFamily>().Distinct().ToValueList() : [.. IpFamily.Both],
    };

    private static IpFamily? FamilyOf(string text) => text.ToLowerInvariant() switch { "ipv4" => IpFamily.V4, "ipv6" => IpFamily.V6, _ => null };
}

/// <summary>What the environment says in place of options.</summary>
internal static class Variables
{
    public static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Values with commas between them.</summary>
    public static string[] List(string name) => Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

/// <summary>The options that say where the cluster's objects come from.</summary>
internal sealed class ClusterInput
{
    private readonly Option<string?> manifests = new("--manifests") { Description = "A directory of manifests in place of an API server; it is followed as it changes [env MANIFESTS]", HelpName = "DIR" };

    private readonly Option<string?> kubeconfig = new("--kubeconfig") { Description = "The kubeconfig [else the service account of the pod, $KUBECONFIG, ~/.kube/config]", HelpName = "PATH" };

    private readonly Option<string?> context = new("--context") { Description = "The context of the kubeconfig", HelpName = "NAME" };

    private readonly Option<string?> socket = new("--api-socket") { Description = "The Unix socket of an API server that asks for no login, as a lab's [env API_SOCKET]", HelpName = "PATH" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { manifests, kubeconfig, context, socket })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (new Option[] { manifests, kubeconfig, socket }.Count(o => result.GetResult(o) is not null) > 1)
                result.AddError("--manifests, --kubeconfig and --api-socket each name a cluster; give one of them.");
        });
    }

    /// <summary>Whether a cluster was named, so that its names may be shown.</summary>
    public bool IsGiven(ParseResult parsed) => IsOption(parsed) || Manifests(parsed) is not null || Socket(parsed) is not null;

    /// <summary>The states of the cluster, for as long as they are asked for; from manifests where there is no client.</summary>
    public IAsyncEnumerable<AgentState> Follow(ParseResult parsed, ApiClient? client, CancellationToken cancellation) => client is null
        ? new ManifestFollower(Manifests(parsed)!).FollowAsync(cancellation)
        : AgentLoop.FollowAsync(new ClusterFollower(client, new FollowOptions { SyncDeadline = TimeSpan.FromSeconds(15), Pace = AgentLoop.Pace }), cancellation);

    /// <summary>The way to the API server; null where manifests stand in its place.</summary>
    public ApiClient? Client(ParseResult parsed) => Manifests(parsed) is null ? new(Access(parsed)) : null;

    /// <summary>The cluster as it is now.</summary>
    /// <exception cref="InputException">It cannot be read in full.</exception>
    public async Task<Snapshot> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (Manifests(parsed) is not { } path)
        {
            using ApiClient client = new(Access(parsed));
            return (await ClusterReader.ReadAsync(client, cancellation)).Snapshot;
        }

        var state = ManifestFollower.Read(path);
        return state.IsWhole ? state.Snapshot : throw new InputException(state.Fault);
    }

    private ClusterAccess Access(ParseResult parsed) => Socket(parsed) is { } path
        ? new(new("http://localhost/")) { Origin = $"--api-socket {path}", UnixSocket = path }
        : Kubeconfig.Load(Surroundings.OfProcess, parsed.GetValue(kubeconfig), parsed.GetValue(context));

    // An option of the command line is stronger than any variable.
    private bool IsOption(ParseResult parsed) => new Option[] { manifests, kubeconfig, context, socket }.Any(o => parsed.GetResult(o) is not null);

    private string? Manifests(ParseResult parsed) => IsOption(parsed) ? parsed.GetValue(manifests) : Variables.Text("MANIFESTS");

    private string? Socket(ParseResult parsed) => IsOption(parsed) ? parsed.GetValue(socket) : Variables.Text("API_SOCKET");
}
