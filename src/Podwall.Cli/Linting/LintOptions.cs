using System.CommandLine;
using Podwall.Cli.Output;

namespace Podwall.Cli.Linting;

/// <summary>The options of <c>podwall lint</c> beside those that say what is read.</summary>
internal sealed class LintOptions
{
    public static readonly string[] Formats = ["text", "json", "yaml", "jsonl", "markdown", "sarif", "junit"];

    public Option<string> Output { get; } = OutputOption.Of(Formats);

    public Option<bool> Live { get; } = new("--live")
    {
        Description = "With -f: lint the live cluster as it would be with the files applied, and what it has stored against what they say",
    };

    public Option<string?> Configuration { get; } = new("--config") { Description = "The configuration; podwall-lint.yaml in the current directory if not given", HelpName = "PATH" };

    public Option<string?> FailOn { get; } = new("--fail-on") { Description = "The least severity that ends with 1: note, warning (if nothing else is said), error, or never", HelpName = "SEVERITY" };

    public Option<string[]> Only { get; } = new("--only") { Description = "Only these rules; may be given again, or several with commas between them", HelpName = "RULE", AllowMultipleArgumentsPerToken = false };

    public Option<string?> Baseline { get; } = new("--baseline") { Description = "Findings that are known already, as --write-baseline wrote them: they do not count", HelpName = "PATH" };

    public Option<string?> WriteBaseline { get; } = new("--write-baseline") { Description = "Write all findings there, to begin with; nothing counts then but what is new", HelpName = "PATH" };

    public Option<bool> Fix { get; } = new("--fix") { Description = "Mend in the files what can be mended without changing any flow; comments and layout stay" };

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "With --fix: print the patch, write nothing" };

    public Option<string?> Explain { get; } = new("--explain") { Description = "What a rule finds and what it means for traffic; 'all' lists the rules", HelpName = "RULE" };

    public void AddTo(Command command)
    {
        FailOn.AcceptOnlyFromAmong("note", "warning", "error", "never");
        foreach (var option in new Option[] { Output, Live, Configuration, FailOn, Only, Baseline, WriteBaseline, Fix, DryRun, Explain })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var hasFiles = result.GetResult("--filename") is System.CommandLine.Parsing.OptionResult { Tokens.Count: > 0 };
            if (hasFiles && !result.GetValue(Live) && (result.GetResult("--context") is not null || result.GetResult("--kubeconfig") is not null))
                result.AddError("-f reads manifests, --context and --kubeconfig a live cluster; give one or the other, or --live for both.");
            if (result.GetValue(Live) && !hasFiles)
                result.AddError("--live holds files against the live cluster; give them with -f, or leave it out to lint the cluster alone.");
            if (result.GetValue(Fix) && !hasFiles)
                result.AddError("--fix mends files; give them with -f.");
            if (result.GetValue(DryRun) && !result.GetValue(Fix))
                result.AddError("--dry-run shows what --fix would do; give both.");
            if (result.GetValue(Baseline) is not null && result.GetValue(WriteBaseline) is not null)
                result.AddError("--write-baseline writes all findings; leave --baseline out.");
        });
    }
}
