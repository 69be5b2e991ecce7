using System.CommandLine;
using Podwall.Cli.Commands;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>What the configuration and the command line together ask for.</summary>
internal sealed record LintSettings(LintConfiguration Configuration, LintBaseline? Baseline, string? WriteBaseline, string Format, bool IsLive)
{
    private const string UsualFile = "podwall-lint.yaml";

    /// <summary>Null where something of it is wrong; the error stream says what.</summary>
    public static LintSettings? Read(LintOptions options, ParseResult parsed, Terminal terminal)
    {
        if (ReadConfiguration(parsed.GetValue(options.Configuration), terminal) is not { } configuration)
            return null;
        var only = (parsed.GetValue(options.Only) ?? []).SelectMany(o => o.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
        var unknown = only.Where(o => LintRules.Find(o) is null).ToArray();
        if (unknown.Length > 0)
        {
            CheckCommand.Complain(terminal, [.. unknown.Select(u => $"--only: lint has no rule '{u}'. {UnknownRule.Fix(u)}")]);
            return null;
        }

        if (only.Length > 0)
            configuration = configuration with
            {
                Rules = LintRules.All.Where(r => !only.Contains(r.Id)).Select(r => r.Id).Concat(configuration.Rules.Keys).Distinct()
                    .ToDictionary(id => id, id => only.Contains(id) ? configuration.Rules[id] : null),
            };
        if (parsed.GetValue(options.FailOn) is { } failOn)
            configuration = configuration with { FailOn = failOn == "never" ? null : Enum.Parse<LintSeverity>(failOn, ignoreCase: true) };
        var write = parsed.GetValue(options.WriteBaseline);
        LintBaseline? baseline = null;
        if (write is null && (parsed.GetValue(options.Baseline) ?? configuration.Baseline) is { } path && (baseline = ReadBaseline(path, terminal)) is null)
            return null;
        return new(configuration, baseline, write, parsed.GetValue(options.Output)!, parsed.GetValue(options.Live));
    }

    private static LintConfiguration? ReadConfiguration(string? path, Terminal terminal)
    {
        if (path is null && !terminal.Files.IsFile(UsualFile))
            return LintConfiguration.Default;
        var reading = LintConfigurationReader.Read(ManifestPaths.Expand([path ?? UsualFile], terminal.Files)[0]);
        DiagnosticText.Write(new(terminal.Error, terminal.IsColourful && terminal.ShowsProgress), reading.Diagnostics);
        return reading.Diagnostics.Any(d => d.Severity == Severity.Error) ? null : reading.Configuration;
    }

    private static LintBaseline? ReadBaseline(string path, Terminal terminal)
    {
        try
        {
            using var reader = new StreamReader(terminal.Files.OpenRead(path));
            return LintBaseline.Parse(reader.ReadToEnd());
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or FormatException)
        {
            CheckCommand.Complain(terminal, $"{path}: {broken.Message}. Write a baseline with podwall lint --write-baseline {path}.");
            return null;
        }
    }
}
