using System.Text.RegularExpressions;

namespace Podwall.Web.Guide;

/// <summary>Other names for namespaces, and other values for labels, put into a scenario's texts wherever they stand.</summary>
public sealed record Renaming(IReadOnlyDictionary<string, string> Namespaces, IReadOnlyDictionary<(string Key, string Value), string> Labels)
{
    public static Renaming None { get; } = new(new Dictionary<string, string>(), new Dictionary<(string, string), string>());

    public bool IsNone => Namespaces.All(n => n.Key == n.Value) && Labels.All(l => l.Key.Value == l.Value);

    public string Namespace(string name) => Namespaces.GetValueOrDefault(name, name);

    /// <summary>A manifest or a file of expectations with the other names in it.</summary>
    public string Apply(string text)
    {
        if (IsNone)
            return text;
        var inNamespace = false;
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            if (line.StartsWith("---", StringComparison.Ordinal))
                inNamespace = false;
            else if (line.StartsWith("kind:", StringComparison.Ordinal))
                inNamespace = line.AsSpan(5).Trim().SequenceEqual("Namespace");
            return Line(line, inNamespace);
        }));
    }

    // All at once, so that two names may change places.
    private string Line(string line, bool inNamespace)
    {
        var comment = line.IndexOf('#') is >= 0 and var at && (at == 0 || line[at - 1] == ' ') ? at : line.Length;
        var (yaml, rest) = (line[..comment], line[comment..]);
        yaml = Regex.Replace(yaml, @"(?<lead>(?:namespace|kubernetes\.io/metadata\.name):\s*|namespaces:\s*\{)(?<name>[a-z0-9-]+)(?=\s*(?:$|[,}:]))|(?<lead>(?<=[\s{]))(?<name>[a-z0-9-]+)(?=/[a-z0-9*])",
            m => m.Groups["lead"].Value + Namespace(m.Groups["name"].Value));
        if (inNamespace)
            yaml = Regex.Replace(yaml, @"(?<lead>^\s*name:\s*)(?<name>[a-z0-9-]+)", m => m.Groups["lead"].Value + Namespace(m.Groups["name"].Value));
        if (Labels.Count > 0)
            yaml = Regex.Replace(yaml, @"(?<key>[A-Za-z0-9./-]+)(?<colon>:\s*)(?<value>[A-Za-z0-9._-]+)(?=\s*(?:$|[,}]))",
                m => Labels.TryGetValue((m.Groups["key"].Value, m.Groups["value"].Value), out var other) ? m.Groups["key"].Value + m.Groups["colon"].Value + other : m.Value);
        return yaml + rest;
    }
}
