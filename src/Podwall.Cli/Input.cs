using System.CommandLine;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Cli;

/// <summary>A cluster, read and compiled, and the way back to its source.</summary>
internal sealed record Cluster(Manifests Manifests, Compiled Compiled);

/// <summary>The options that say which cluster is meant, and how it is read.</summary>
internal sealed class Input
{
    private readonly Option<string[]> files = new("--filename", "-f")
    {
        Description = "Manifests: a file, a directory (with all below it), a glob, or - for standard input; may be given again",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> lenient = new("--lenient")
    {
        Description = "Go on in spite of objects with errors: what they select is closed (isolated), and each is named",
    };

    public void AddTo(Command command)
    {
        AddFilesTo(command);
        command.Options.Add(lenient);
    }

    /// <summary>For a command that only looks at the objects themselves: there a fault is the answer.</summary>
    public void AddFilesTo(Command command) => command.Options.Add(files);

    public bool Names(ParseResult parsed, string path) => parsed.GetValue(files)?.Contains(path) == true;

    /// <summary>Reads and compiles; says on the error stream what is wrong. Null where the run must end.</summary>
    public Cluster? Read(ParseResult parsed, Terminal terminal) =>
        ReadManifests(parsed, terminal) is { } manifests ? Compile(manifests, terminal) : null;

    /// <summary>As the other, for manifests that another option names.</summary>
    public Cluster? Read(IEnumerable<string> paths, ParseResult parsed, Terminal terminal) =>
        Compile(ReadPaths(paths, parsed.GetValue(lenient), terminal), terminal);

    /// <summary>Faulty objects are the caller's to report. Null where no manifests were named.</summary>
    public Manifests? ReadManifests(ParseResult parsed, Terminal terminal)
    {
        if (parsed.GetValue(files) is { Length: > 0 } paths)
            return ReadPaths(paths, parsed.GetValue(lenient), terminal);
        terminal.Error.WriteLine("podwall: say which manifests to read with -f PATH (a file, a directory, or - for standard input).");
        terminal.Error.WriteLine("Reading a live cluster is not there yet; until then: kubectl get namespaces,nodes,pods,services,networkpolicies -A -o yaml | podwall ... -f -");
        return null;
    }

    private static Cluster? Compile(Manifests manifests, Terminal terminal)
    {
        var paper = new Paper(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);
        DiagnosticText.Write(paper, manifests.Diagnostics);
        if (manifests.CanDecide)
        {
            if (manifests.OtherKinds.Count > 0)
                paper.Line(new Piece($"not looked at: {string.Join(", ", manifests.OtherKinds.Select(k => $"{k.Count} {k.Kind}"))}", Ink.Dim));
            return new(manifests, Compiled.Compile(manifests.Snapshot));
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
