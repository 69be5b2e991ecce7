using System.CommandLine;
using System.Text.RegularExpressions;
using Podwall.Lab.Hosting;

namespace Podwall.Cli.Lab;

/// <summary>Which of several labs is meant.</summary>
internal static partial class LabName
{
    public const string Default = "lab";

    public static Option<string> Option()
    {
        Option<string> name = new("--name") { Description = "Which lab: several have room beside each other", HelpName = "NAME", DefaultValueFactory = _ => Default };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !Label().IsMatch(text))
                result.AddError($"--name: '{text}' is no name; write up to 40 small letters, digits and '-'.");
        });
        return name;
    }

    /// <summary>The lab of that name, if it runs; else what to do.</summary>
    public static LabRecord? Running(string name, out string problem)
    {
        var record = LabRecord.Find(name);
        var others = LabRecord.Names.Where(n => n != name).ToList();
        problem = record is null ? $"there is no lab {name}; 'podwall lab up' brings one up{(others.Count > 0 ? $", and --name chooses among {string.Join(", ", others)}" : "")}."
            : record.IsAlive ? "" : $"lab {name} has ended by itself; 'podwall lab logs' tells why, 'podwall lab down' takes away what is left.";
        return problem.Length == 0 ? record : null;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$")]
    private static partial Regex Label();
}
