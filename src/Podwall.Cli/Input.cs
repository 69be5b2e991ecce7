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
internal sealed class Input
{
    private readonly Option<string[]> files = new("--filename", "-f")
    {
        Description = "Manifests: a file, a directory (with all below it), a glob, or - for standard input; may be given again. Without it, the live cluster is read",
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
            return Read(paths, parsed, terminal) is { } read ? new(string.Join(", ", paths), read.Manifests, read.Compiled) : null;
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

        var isUnread = manifests.Diagnostics.Any(d => d.Code is DiagnosticCodes.Unreadable or DiagnosticCodes.BrokenSyntax);
        paper.Line(new Piece("Nothing was decided: ", Ink.Strong), isUnread
            ? "nobody knows what the input that cannot be read would have said."
            : "objects with errors would make every answer a guess. Mend them, or close what they select with --lenient.");
        return null;
    }

    private static Manifests ReadPaths(IEnumerable<string> paths, bool lenient, Terminal terminal)
    {
        using var progress = Progress.Start(terminal, "reading manifests");
        return ManifestReader.Read(ManifestPaths.Expand(paths, terminal.Files), new ReadingOptions { Lenient = lenient });
    }
}
