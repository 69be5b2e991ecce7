using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>Reads <c>kind: LintConfiguration</c> and finds all that is wrong with it at once.</summary>
public static class LintConfigurationReader
{
    private static readonly string[] Severities = ["note", "warning", "error"];

    public static LintConfigurationReading Read(ManifestSource source)
    {
        List<Diagnostic> diagnostics = [];
        var documents = new SourceReader(ReadingLimits.Default, new StringPool(), diagnostics).Read(source);
        if (diagnostics.Any(d => d.Severity == Severity.Error))
            return new(LintConfiguration.Default, diagnostics.ToValueList());
        if (documents is not [{ Root: MappingNode root } document] || root.TextOf("kind") != LintConfiguration.Kind)
            return new(LintConfiguration.Default, [new(Severity.Error, DiagnosticCodes.InvalidConfiguration, $"{source.Name} is no configuration of lint")
            { Fix = $"Begin with apiVersion: {ExpectationsReader.ApiVersion} and kind: {LintConfiguration.Kind}; one document a file." }]);
        DecodingFindings findings = new(document.Format, isStrict: true);
        Decoder decoder = new();
        var configuration = decoder.Read(Cursor.Root(root, findings));
        var faults = DuplicateKeys.In(document).Concat(findings.WrongTypes).Concat(findings.UnknownFields).Concat(decoder.Faults);
        return new(configuration, [.. diagnostics, .. faults.Select(f => new Diagnostic(Severity.Error, DiagnosticCodes.InvalidConfiguration, f.Message)
        {
            Position = f.Position ?? f.Culprit.PositionIn(root),
            Field = f.Field.ToString(),
            Type = f.Type.Name(),
            Fix = f.Fix,
        }).OrderBy(d => d.Position)]);
    }

    private sealed class Decoder
    {
        public List<FieldError> Faults { get; } = [];

        public LintConfiguration Read(Cursor document)
        {
            var root = document.Struct("LintConfiguration", "apiVersion", "kind", "failOn", "rules", "ignore", "enforcer", "baseline");
            if (root["apiVersion"].Text() is var version and not ExpectationsReader.ApiVersion)
                Faults.Add(FieldError.NotSupported(root.Path.Child("apiVersion"), version ?? "", ExpectationsReader.ApiVersion).WithFix($"Write apiVersion: {ExpectationsReader.ApiVersion}."));
            return new()
            {
                FailOn = root["failOn"].IsAbsent ? LintSeverity.Warning : SeverityOf(root["failOn"], "never"),
                Rules = Rules(root["rules"]),
                Ignored = (root["ignore"].Items("Ignore") ?? []).Select(Ignored).ToValueList(),
                Enforcer = root["enforcer"].Text() is { Length: > 0 } enforcer ? enforcer : null,
                Baseline = root["baseline"].Text() is { Length: > 0 } baseline ? baseline : null,
            };
        }

        private Dictionary<string, LintSeverity?> Rules(Cursor field)
        {
            Dictionary<string, LintSeverity?> rules = [];
            foreach (var entry in (field.Struct("map[string]Severity").Node as MappingNode)?.Effective() ?? [])
            {
                var inside = field with { Node = entry.Value, Path = field.Path.Child(entry.Key) };
                Known(entry.Key, inside.Path);
                // YAML takes an unquoted off for false, and off is what it means.
                rules[entry.Key] = entry.Value is ScalarNode { Type: ScalarType.Boolean, Text: "false" } ? null : SeverityOf(inside, "off");
            }

            return rules;
        }

        private IgnoredPlace Ignored(Cursor item)
        {
            var ignored = item.Struct("Ignore", "rule", "in", "file", "reason");
            var (rule, reason) = (ignored["rule"].Text(), ignored["reason"].Text());
            if (rule is not null)
                Known(rule, ignored["rule"].Path);
            if (ignored["rule"].IsAbsent && ignored["in"].IsAbsent && ignored["file"].IsAbsent)
                Faults.Add(FieldError.Required(ignored.Path, "say what to ignore").WithFix("Give rule, in (namespace/name, with *) or file, or several of them."));
            if (reason is "" || ignored["reason"].IsAbsent)
                Faults.Add(FieldError.Required(ignored["reason"].Path, "").WithFix("Say why it may be ignored."));
            return new(rule, ignored["in"].Text(), ignored["file"].Text(), reason ?? "");
        }

        private void Known(string rule, FieldPath path)
        {
            if (LintRules.Find(rule) is null)
                Faults.Add(FieldError.Invalid(path, rule, "lint has no such rule").WithFix(UnknownRule.Fix(rule)));
        }

        private LintSeverity? SeverityOf(Cursor field, string none)
        {
            if (field.Text() is not { } text || text == none)
                return null;
            if (Array.IndexOf(Severities, text) is >= 0 and var known)
                return (LintSeverity)known;
            Faults.Add(FieldError.NotSupported(field.Path, text, [.. Severities, none]).WithFix($"Use one of: {string.Join(", ", Severities)}, {none}."));
            return null;
        }
    }
}
