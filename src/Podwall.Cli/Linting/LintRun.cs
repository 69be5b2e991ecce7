using System.CommandLine;
using System.Text.Json;
using Podwall.Cli.Commands;
using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;

namespace Podwall.Cli.Linting;

/// <summary>One run: read, lint, and report or mend.</summary>
internal sealed class LintRun(Input input, ParseResult parsed, Terminal terminal, LintSettings settings)
{
    private readonly Paper errors = new(terminal.Error, terminal.IsColourful && terminal.ShowsProgress);

    public async Task<int> ReportAsync(CancellationToken cancellation)
    {
        var sources = input.Sources(parsed, terminal);
        if (await ReadAsync(sources, cancellation) is not { } manifests)
            return ExitCode.BadInput;
        return Report(Lint(manifests));
    }

    public async Task<int> FixAsync(bool isDry, CancellationToken cancellation)
    {
        var sources = input.Sources(parsed, terminal);
        if (await ReadAsync(sources, cancellation) is not { } manifests)
            return ExitCode.BadInput;
        var report = Lint(manifests);
        if (report.IsBroken)
            return Report(report);
        var fixes = LintFixes.Of(report, manifests, terminal.Files);
        if (fixes.WhatWouldChange(sources, input.Options(parsed)) is { } change)
            return CheckCommand.Complain(terminal, $"the fixes together would change what the policies mean, so nothing was written: {change}. Please report this, with the manifests.");
        if (isDry)
        {
            foreach (var line in fixes.Patches.SelectMany(p => p.Unified()))
                await terminal.Out.WriteLineAsync(line);
            Said(fixes, "could be mended");
            return ExitCode.Ok;
        }

        if (fixes.Write() is { } failure)
            return CheckCommand.Complain(terminal, failure);
        Said(fixes, "mended");
        return await ReadAsync(input.Sources(parsed, terminal), cancellation) is { } mended ? Report(Lint(mended)) : ExitCode.BadInput;
    }

    private void Said(LintFixes fixes, string word) => errors.Line(fixes.Count == 0
        ? "nothing to mend without changing a flow"
        : $"{Plural.Of(fixes.Count, "finding")} {word} in {Plural.Of(fixes.Patches.Count, "file")}; no flow changes");

    private async Task<Manifests?> ReadAsync(IReadOnlyList<ManifestSource> sources, CancellationToken cancellation)
    {
        Manifests? files = null;
        if (sources.Count > 0)
        {
            using var progress = Progress.Start(terminal, "reading manifests");
            files = ManifestReader.Read(sources, input.Options(parsed));
        }

        var manifests = files is not null && !settings.IsLive ? files
            : await input.ReadClusterAsync(parsed, terminal, cancellation) is var live && files is not null ? LiveOverlay.Of(files, live)
            : live;
        DiagnosticText.Write(errors, manifests.Diagnostics);
        if (manifests.CanDecide)
            return manifests;
        errors.Line(new Piece("Nothing was linted: ", Ink.Strong), "objects that cannot be read would make every finding a guess. Mend them (podwall validate), or close what they select with --lenient.");
        return null;
    }

    private LintReport Lint(Manifests manifests)
    {
        using var progress = Progress.Start(terminal, "linting");
        return Linter.Run(manifests, settings.Configuration, settings.Baseline);
    }

    private int Report(LintReport report)
    {
        DiagnosticText.Write(errors, report.Diagnostics);
        if (report.IsBroken)
            return ExitCode.BadInput;
        if (settings.WriteBaseline is { } path)
            return WriteBaseline(path, report);
        switch (settings.Format)
        {
            case "text":
                LintText.Write(new(terminal.Out, terminal.IsColourful), report);
                break;
            case "markdown":
                LintMarkdown.Write(terminal.Out, report);
                break;
            case "sarif":
                LintSarif.Write(terminal, report);
                break;
            case "junit":
                LintJunit.Write(terminal, report, settings.Configuration.FailOn);
                break;
            default:
                LintJson.Write(terminal, OutputOption.Parse(settings.Format), report);
                break;
        }

        return settings.Configuration.FailOn is { } least && report.Counting.Any(f => f.Severity >= least) ? ExitCode.Denied : ExitCode.Ok;
    }

    private int WriteBaseline(string path, LintReport report)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Documents.Pretty))
            LintBaseline.Of(report.Findings).Write(json);
        text.WriteByte((byte)'\n');
        if (FileReplacement.Write([(path, text.ToArray())]) is { } failure)
            return CheckCommand.Complain(terminal, failure);
        errors.Line($"{report.Findings.Count(f => f.IgnoredBecause is null)} findings written to {path}");
        return ExitCode.Ok;
    }
}
