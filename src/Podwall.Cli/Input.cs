using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Policy;

namespace Podwall.Cli;

/// <summary>
/// A cluster, read and compiled, and the way back to its source. Names without a namespace lie in
/// <paramref name="DefaultNamespace"/>; null where they must have one.
/// </summary>
internal sealed record Cluster(Manifests Manifests, Compiled Compiled, string? DefaultNamespace);

/// <summary>The options that say which cluster is meant, manifests or a live one, and how it is read.</summary>
/// <param name="about">What the manifests of <c>-f</c> are to the command, where that is not the cluster itself.</param>
internal sealed class Input(string about = "Manifests: a file, a directory (with all below it), a glob, or - for standard input; may be given again. Without it, the live cluster is read")
{
    private readonly Option<string[]> files = new("--filename", "-f")
    {
        Description = about,
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> lenient = new("--lenient")
    {
        Description = "Go on in spite of objects with errors: what they select is closed (isolated), and each is named",
    };

    private readonly Option<string?> context = new("--context") { Description = "The context of the kubeconfig to use instead of the current one", HelpName = "NAME" };

    private readonly Option<string?> kubeconfig = new("--kubeconfig") { Description = "The kubeconfig to read instead of $KUBECONFIG or ~/.kube/config", HelpName = "PATH" };

    private readonly Option<string?> ns = new("--namespace", "-n") { Description = "The namespace of names that are written without one", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        AddSourcesTo(command);
        command.Options.Add(lenient);
    }

    /// <summary>For a command that may read manifests and a live cluster, one against the other.</summary>
    public void AddBothTo(Command command)
    {
        foreach (var option in new Option[] { files, context, kubeconfig, lenient })
            command.Options.Add(option);
    }

    /// <summary>For a command that only looks at the objects themselves: there a fault is the answer.</summary>
    public void AddSourcesTo(Command command)
    {
        foreach (var option in new Option[] { files, context, kubeconfig, ns })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(files) is { Tokens.Count: > 0 } && (result.GetResult(context) is not null || result.GetResult(kubeconfig) is not null))
                result.AddError("-f reads manifests, --context and --kubeconfig a live cluster; give one or the other.");
        });
    }

    public bool Names(ParseResult parsed, string path) => parsed.GetValue(files)?.Contains(path) == true;

    /// <summary>The namespace that was asked for; null where none was.</summary>
    public string? Namespace(ParseResult parsed) => parsed.GetValue(ns);

    /// <summary>Reads and compiles; says on the error stream what is wrong. Null where the run must end.</summary>
    /// <inheritdoc cref="ReadManifestsAsync" path="/exception"/>
    public async Task<Cluster?> ReadAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(files) is { Length: > 0 } paths)
            return Read(paths, parsed, terminal);
        var access = Access(parsed, terminal);
        return Compile(await ReadLiveAsync(access, terminal, cancellation), terminal, access.Namespace);
    }

    /// <summary>As <see cref="ReadAsync"/>, for a run that goes on: a live cluster can be followed.</summary>
    /// <inheritdoc cref="ReadManifestsAsync" path="/exception"/>
    public async Task<Ui.UiCluster?> OpenAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(files) is { Length: > 0 } paths)
            return Read(paths, parsed, terminal) is { } read ? new(string.Join(", ", paths), read.Manifests, read.Compiled) { Paths = paths } : null;
        var access = Access(parsed, terminal);
        ApiClient client = new(access);
        try
        {
            using var progress = Progress.Start(terminal, "reading the cluster");
            if (Compile(await ClusterReader.ReadAsync(client, cancellation), terminal, access.Namespace) is { } cluster)
                return new(access.Origin.Length > 0 ? access.Origin : access.Server.Host, cluster.Manifests, cluster.Compiled, client);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        client.Dispose();
        return null;
    }

    /// <summary>As the other, for manifests that another option names.</summary>
    public Cluster? Read(IEnumerable<string> paths, ParseResult parsed, Terminal terminal) =>
        Compile(ReadPaths(paths, parsed.GetValue(lenient), terminal), terminal, parsed.GetValue(ns));

    /// <summary>Faulty objects are the caller's to report.</summary>
    /// <exception cref="AccessException">No usable access to a live cluster is configured.</exception>
    /// <exception cref="ApiException">The cluster cannot be reached, or refuses.</exception>
    public async Task<Manifests> ReadManifestsAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation) =>
        parsed.GetValue(files) is { Length: > 0 } paths
            ? ReadPaths(paths, parsed.GetValue(lenient), terminal)
            : await ReadLiveAsync(Access(parsed, terminal), terminal, cancellation);

    /// <summary>The live cluster, with all that tells who needs which traffic.</summary>
    /// <inheritdoc cref="ReadManifestsAsync" path="/exception"/>
    public async Task<Manifests> ReadClusterAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        using var progress = Progress.Start(terminal, "reading the cluster");
        using ApiClient client = new(Kubeconfig.Load(terminal.Surroundings, parsed.GetValue(kubeconfig), parsed.GetValue(context)));
        return await ClusterReader.WithSupportingAsync(client, await ClusterReader.ReadAsync(client, cancellation), cancellation);
    }

    /// <summary>The way to the live cluster, for what is more than reading it.</summary>
    /// <exception cref="AccessException">No usable access is configured.</exception>
    public ApiClient Connect(ParseResult parsed, Terminal terminal) => new(Access(parsed, terminal));

    private ClusterAccess Access(ParseResult parsed, Terminal terminal)
    {
        var access = Kubeconfig.Load(terminal.Surroundings, parsed.GetValue(kubeconfig), parsed.GetValue(context));
        return parsed.GetValue(ns) is { } asked ? access with { Namespace = asked } : access;
    }

    private static async Task<Manifests> ReadLiveAsync(ClusterAccess access, Terminal terminal, CancellationToken cancellation)
    {
        using var progress = Progress.Start(terminal, "reading the cluster");
        using ApiClient client = new(access);
        return await ClusterReader.ReadAsync(client, cancellation);
    }

    /// <summary>What <c>-f</c> names; nothing where it was not given.</summary>
    public IEnumerable<string> Paths(ParseResult parsed) => parsed.GetValue(files) ?? [];

    /// <summary>The manifests that <c>-f</c> names; none where it was not given.</summary>
    public IReadOnlyList<ManifestSource> Sources(ParseResult parsed, Terminal terminal) => ManifestPaths.Expand(parsed.GetValue(files) ?? [], terminal.Files);

    public ReadingOptions Options(ParseResult parsed) => new() { Lenient = parsed.GetValue(lenient) };

    /// <summary>The live cluster, whatever <c>-f</c> says.</summary>
    /// <inheritdoc cref="ReadManifestsAsync" path="/exception"/>
    public Task<Manifests> ReadLiveAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation) => ReadLiveAsync(Access(parsed, terminal), terminal, cancellation);

    /// <summary>Says on the error stream what is wrong with any of several inputs, each finding once; false where the run must end.</summary>
    public static bool Accept(Terminal terminal, params Manifests[] inputs)
    {
        var paper = new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);
        DiagnosticText.Write(paper, inputs.SelectMany(i => i.Diagnostics).DistinctBy(d => $"{d}"));
        if (Array.TrueForAll(inputs, i => i.CanDecide))
            return true;
        Refuse(paper, inputs.SelectMany(i => i.Diagnostics));
        return false;
    }

    private static Cluster? Compile(Manifests manifests, Terminal terminal, string? defaultNamespace)
    {
        var paper = new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);
        DiagnosticText.Write(paper, manifests.Diagnostics);
        if (manifests.CanDecide)
        {
            if (manifests.OtherKinds.Count > 0)
                paper.Line(new Piece($"not looked at: {string.Join(", ", manifests.OtherKinds.Select(k => $"{k.Count} {k.Kind}"))}", Ink.Dim));
            return new(manifests, Compiled.Compile(manifests.Snapshot), defaultNamespace);
        }

        Refuse(paper, manifests.Diagnostics);
        return null;
    }

    private static void Refuse(Paper paper, IEnumerable<Diagnostic> diagnostics)
    {
        var isUnread = diagnostics.Any(d => d.Code is DiagnosticCodes.Unreadable or DiagnosticCodes.BrokenSyntax);
        paper.Line(new Piece("Nothing was decided: ", Ink.Strong), isUnread
            ? "nobody knows what the input that cannot be read would have said."
            : "objects with errors would make every answer a guess. Mend them, or close what they select with --lenient.");
    }

    private static Manifests ReadPaths(IEnumerable<string> paths, bool lenient, Terminal terminal)
    {
        using var progress = Progress.Start(terminal, "reading manifests");
        return ManifestReader.Read(ManifestPaths.Expand(paths, terminal.Files), new ReadingOptions { Lenient = lenient });
    }
}
