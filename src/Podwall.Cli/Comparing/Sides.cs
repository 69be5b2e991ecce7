using System.CommandLine;
using Podwall.Cli.Commands;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;
using Podwall.Policy;

namespace Podwall.Cli.Comparing;

/// <summary>One of two states that are compared, and what it is called.</summary>
internal sealed record Side(string Name, Manifests Manifests, Snapshot Snapshot);

/// <summary>
/// The two states that a command compares: two paths, two revisions of the same paths, or a live cluster as it is and with
/// manifests applied.
/// </summary>
internal sealed class Sides
{
    private readonly Argument<string[]> paths = new("PATH")
    {
        Description = "Two sides: files, directories or globs. With --git: what to look at, all of the current directory if not given. With --live: what is applied to the cluster",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> git = new("--git") { Description = "Compare revisions: BASE..HEAD, BASE...HEAD (since HEAD left BASE), or BASE (with the working tree)", HelpName = "RANGE" };

    private readonly Option<bool> live = new("--live") { Description = "Compare the live cluster with what it would be with PATH applied (two PATHs: with either applied)" };

    private readonly Option<bool> prune = new("--prune") { Description = "With --live: policies that PATH does not have are gone afterwards, in the namespaces in which it has any" };

    private readonly Input input = new("Manifests that both sides have: the pods and namespaces of the cluster, where the sides hold policies only; may be given again");

    public void AddTo(Command command)
    {
        command.Arguments.Add(paths);
        foreach (var option in new Option[] { git, live, prune })
            command.Options.Add(option);
        input.AddTo(command);
        command.Validators.Add(result =>
        {
            var count = result.GetResult(paths)?.Tokens.Count ?? 0;
            var (isGit, isLive) = (result.GetResult(git) is not null, result.GetValue(live));
            if (!isGit && !isLive && count != 2)
                result.AddError("give two paths, BEFORE and AFTER; or --git BASE..HEAD; or --live PATH.");
            if (isLive && !isGit && count is not (1 or 2))
                result.AddError("--live compares the cluster as it is with one PATH applied, or one of two PATHs with the other.");
            if (isLive && result.GetResult("--filename") is not null)
                result.AddError("--live takes the pods from the cluster, -f from manifests; give one or the other.");
            if (!isLive && (result.GetResult("--context") is not null || result.GetResult("--kubeconfig") is not null))
                result.AddError("--context and --kubeconfig say which live cluster is meant; add --live.");
            if (!isLive && result.GetValue(prune))
                result.AddError("--prune says what applying to a live cluster removes; add --live.");
        });
    }

    /// <summary>Says on the error stream what is wrong. Null where the run must end.</summary>
    public async Task<(Side Before, Side After)?> ReadAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await SidesAsync(parsed, terminal, cancellation);
        }
        catch (GitException failed)
        {
            CheckCommand.Complain(terminal, failed.Message);
            return null;
        }
    }

    private async Task<(Side Before, Side After)?> SidesAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        var named = parsed.GetValue(paths) ?? [];
        var (before, after) = parsed.GetValue(git) is { } range
            ? await RevisionsAsync(range, named.Length > 0 ? named : ["."], terminal, cancellation)
            : (Of(named[0], [named[0]]), Of(named[^1], [named[^1]]));
        var common = input.Sources(parsed, terminal);
        var options = input.Options(parsed);
        if (!parsed.GetValue(live))
            return Accepted(Read(before), Read(after));
        var cluster = await input.ReadLiveAsync(parsed, terminal, cancellation);
        var untouched = parsed.GetValue(git) is null && named.Length == 1;
        return Accepted(untouched ? new("the live cluster", cluster, cluster.Snapshot) : Applied(before), Applied(after));

        Given Of(string name, string[] paths) => new(name, ManifestPaths.Expand(paths, terminal.Files));

        Side Read(Given given)
        {
            // What both have, a side may also hold itself: then as it is there.
            var own = given.Sources.Select(s => terminal.Files.IdentityOf(s.Name)).ToHashSet(StringComparer.Ordinal);
            var manifests = ManifestReader.Read(common.Where(c => !own.Contains(terminal.Files.IdentityOf(c.Name))).Concat(given.Sources), options);
            return new(given.Name, manifests, manifests.Snapshot);
        }

        Side Applied(Given given)
        {
            var manifests = ManifestReader.Read(given.Sources, options);
            manifests = manifests with { Diagnostics = [.. LiveOverlay.DiagnosticsOf(manifests, cluster.Snapshot)] };
            return new($"the live cluster with {given.Name}", manifests, Overlay.Apply(cluster.Snapshot, manifests.Snapshot, parsed.GetValue(prune)));
        }

        (Side, Side)? Accepted(Side one, Side other) => Input.Accept(terminal, one.Manifests, other.Manifests) ? (one, other) : null;
    }

    private static async Task<(Given Before, Given After)> RevisionsAsync(string range, string[] paths, Terminal terminal, CancellationToken cancellation)
    {
        // A revision is read from the current directory down.
        if (paths.FirstOrDefault(p => System.IO.Path.IsPathRooted(p) || p.Split('/').Contains("..")) is { } elsewhere)
            throw new GitException($"{elsewhere} lies outside of the current directory; --git takes paths below it.");
        var (start, end) = await GitTree.RangeAsync(range, cancellation);
        var older = await GitTree.ReadAsync(start, cancellation);
        var newer = end is null ? terminal.Files : await GitTree.ReadAsync(end, cancellation);
        foreach (var path in paths)
            if (!Has(older, path) && !Has(newer, path))
                throw new GitException($"{path} is in neither revision (seen from the current directory).");
        return (Of(start[..10], older), Of(end is null ? "the working tree" : end[..10], newer));

        // What one of the revisions does not have yet, or no more, is nothing there.
        Given Of(string name, IFileTree files) => new(name, ManifestPaths.Expand(paths.Where(p => Has(files, p)), files));

        static bool Has(IFileTree files, string path) => files.IsFile(path) || files.IsDirectory(path) || path.AsSpan().IndexOfAny("*?") >= 0;
    }

    private sealed record Given(string Name, IReadOnlyList<ManifestSource> Sources);
}
