using System.CommandLine;

namespace Podwall.Cli.Output;

/// <summary>How a report is written.</summary>
internal enum OutputFormat
{
    Text,
    Json,
    Yaml,
    Jsonl,
}

/// <summary>The option <c>-o</c>, for a command that offers some of the formats.</summary>
internal static class OutputOption
{
    public static Option<string> Of(params string[] formats)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = $"How to write the answer: {string.Join(", ", formats)}",
            DefaultValueFactory = _ => formats[0],
            HelpName = "FORMAT",
        };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    public static OutputFormat Parse(string text) => Enum.Parse<OutputFormat>(text, ignoreCase: true);
}
