using System.Text.RegularExpressions;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>Other names for namespaces, and other values for labels, put into a scenario's texts wherever they stand.</summary>
public sealed record Renaming(IReadOnlyDictionary<string, string> Namespaces, IReadOnlyDictionary<(string Key, string Value), string> Labels)
{
    public static Renaming None { get; } = new(new Dictionary<string, string>(), new Dictionary<(string, string), string>());

    public bool IsNone => Namespaces.All(n => n.Key == n.Value) && Labels.All(l => l.Key.Value == l.Value);

    public string Namespace(string name) => Namespaces.GetValueOrDefault(name, name);

    public string Label(string key, string value) => Labels.GetValueOrDefault((key, value), value);

    /// <summary>A manifest or a file of expectations with the other names in it.</summary>
    public string Apply(string text)
    {
        if (IsNone)
            return text;
        // Names of objects look like labels: only what stands below one of these keys, or behind it on its line, is one.
        var (inNamespace, labelsAt, key) = (false, int.MaxValue, "");
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            if (line.StartsWith("---", StringComparison.Ordinal))
                inNamespace = false;
            else if (line.StartsWith("kind:", StringComparison.Ordinal))
                inNamespace = line.AsSpan(5).Trim().SequenceEqual("Namespace");
            var comment = line.IndexOf('#') is >= 0 and var at && (at == 0 || line[at - 1] == ' ') ? at : line.Length;
            var (yaml, rest) = (WithNamespaces(line[..comment], inNamespace), line[comment..]);
            var indent = yaml.Length - yaml.AsSpan().TrimStart(" -").Length;
            if (Regex.IsMatch(yaml, @"^[ -]*(?:labels|matchLabels|selector):\s*$"))
                labelsAt = indent;
            else if (yaml.Trim().Length > 0 && indent <= labelsAt)
                labelsAt = int.MaxValue;
            if (indent > labelsAt || Regex.IsMatch(yaml, @"\b(?:labels?|matchLabels|selector):\s*\{"))
                yaml = WithLabels(yaml);
            if (Regex.Match(yaml, @"\bkey:\s*(?<key>[A-Za-z0-9./_-]+)") is { Success: true } requirement)
                key = requirement.Groups["key"].Value;
            return WithValues(WithCommands(yaml), key) + rest;
        }));
    }

    // All at once, so that two names may change places.
    private string WithNamespaces(string yaml, bool inNamespace)
    {
        yaml = Regex.Replace(yaml, @"(?<lead>(?:namespace|kubernetes\.io/metadata\.name):\s*|namespaces:\s*\{)(?<name>[a-z0-9-]+)(?=\s*(?:$|[,}:]))|(?<lead>(?<=[\s{]))(?<name>[a-z0-9-]+)(?=/[a-z0-9*])",
            m => m.Groups["lead"].Value + Namespace(m.Groups["name"].Value));
        return inNamespace ? Regex.Replace(yaml, @"(?<lead>^\s*name:\s*)(?<name>[a-z0-9-]+)", m => m.Groups["lead"].Value + Namespace(m.Groups["name"].Value)) : yaml;
    }

    private string WithLabels(string yaml) => Regex.Replace(yaml, @"(?<key>[A-Za-z0-9./_-]+)(?<colon>:\s*)(?<value>[A-Za-z0-9._-]+)(?=\s*(?:$|[,}]))",
        m => m.Groups["key"].Value + m.Groups["colon"].Value + Label(m.Groups["key"].Value, m.Groups["value"].Value));

    private string WithValues(string yaml, string key) => Regex.Replace(yaml, @"(?<=\bvalues:\s*\[)[^\]]*(?=\])",
        list => Regex.Replace(list.Value, "[A-Za-z0-9._-]+", value => key == NamespaceBlock.NameLabel ? Namespace(value.Value) : Label(key, value.Value)));

    // Steps are called by the command that leads to them.
    private string WithCommands(string yaml) => Regex.Replace(yaml, @"(?<=kubectl label namespace )(?<name>[a-z0-9-]+)(?: (?<key>[A-Za-z0-9./_-]+)=(?<value>[A-Za-z0-9._-]+))?",
        m => Namespace(m.Groups["name"].Value) + (m.Groups["key"].Success ? $" {m.Groups["key"].Value}={Label(m.Groups["key"].Value, m.Groups["value"].Value)}" : ""));
}
