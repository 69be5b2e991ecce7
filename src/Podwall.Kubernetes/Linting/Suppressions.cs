using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>
/// What people have said to ignore, in the input itself: <c># podwall: ignore RULE, RULE: reason</c> above or behind the
/// line of a field (or of something around it), or the annotation <c>podwall.dev/lint-ignore</c> on the policy.
/// </summary>
internal sealed class Suppressions
{
    public const string Annotation = "podwall.dev/lint-ignore";

    private const string Word = "ignore";

    private readonly Dictionary<(string File, int Line), List<Ignored>> byLine = [];
    private readonly Dictionary<PolicyId, List<Ignored>> byPolicy = [];
    private readonly Dictionary<PolicyId, TreeNode> roots = [];
    private readonly List<Ignored> all = [];

    public Suppressions(Manifests manifests, List<Diagnostic> diagnostics)
    {
        foreach (var remark in manifests.Remarks.AsEnumerable())
        {
            if (!remark.Text.StartsWith(Word, StringComparison.Ordinal))
            {
                diagnostics.Add(Broken($"'{remark.Text}' is nothing that podwall knows", remark.Position, null));
                continue;
            }

            foreach (var ignored in Read(remark.Text[Word.Length..], remark.Position, null, diagnostics))
                Add(byLine, (remark.Position.File, remark.AboutLine), ignored);
        }

        foreach (var source in manifests.PolicyObjects.AsEnumerable())
        {
            roots[source.Id] = source.Document.Root;
            if (source.Policy.Metadata.Annotations.FirstOrDefault(a => a.Key == Annotation) is { Value: { Length: > 0 } text })
                foreach (var ignored in text.Split(';').SelectMany(part => Read(part, manifests.Sources.Of(source.Id, "metadata.annotations"), source.Id, diagnostics)))
                    Add(byPolicy, source.Id, ignored);
        }
    }

    /// <summary>The reason to ignore a finding; null where there is none.</summary>
    public string? ReasonFor(PlacedFinding finding)
    {
        if (Of(finding).FirstOrDefault(i => i.Rule == finding.Finding.Rule) is not { } ignored)
            return null;
        ignored.IsUsed = true;
        return ignored.Reason;
    }

    /// <summary>What ignores nothing: it was mended since, or stands in the wrong place.</summary>
    public IEnumerable<Diagnostic> Unused => all.Where(i => !i.IsUsed).Select(i => new Diagnostic(Severity.Note, DiagnosticCodes.UnusedSuppression, $"nothing is found here for {i.Rule}, so that there is nothing to ignore")
    {
        Position = i.Position,
        Subject = i.Policy is null ? null : new(PolicyObject.Kind, i.Policy.Namespace, i.Policy.Name),
        Fix = "Take it away, or put it behind or above the line that is reported.",
    });

    private IEnumerable<Ignored> Of(PlacedFinding finding)
    {
        var place = finding.Finding.Place;
        var policy = place.Kind == PolicyObject.Kind ? new PolicyId(place.Namespace!, place.Name) : null;
        IEnumerable<Ignored> found = policy is not null && byPolicy.TryGetValue(policy, out var said) ? said : [];
        if (finding.Position is not { } position || byLine.Count == 0)
            return found;
        var lines = policy is not null && roots.TryGetValue(policy, out var root) ? LintPlaces.LinesOf(root, place.Field) : [position.Line];
        return found.Concat(lines.Append(position.Line).SelectMany(l => byLine.TryGetValue((position.File, l), out var here) ? here : []));
    }

    private List<Ignored> Read(string text, SourcePosition? position, PolicyId? policy, List<Diagnostic> diagnostics)
    {
        var colon = text.IndexOf(':');
        var (rules, reason) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..].Trim());
        var ids = rules.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        var before = diagnostics.Count;
        foreach (var id in ids.Where(i => LintRules.Find(i) is null))
            diagnostics.Add(Broken($"lint has no rule '{id}'", position, policy) with { Fix = UnknownRule.Fix(id) });
        if (ids.Length == 0)
            diagnostics.Add(Broken("no rule is named", position, policy));
        else if (reason.Length == 0)
            diagnostics.Add(Broken($"no reason is given for ignoring {string.Join(", ", ids)}", position, policy));
        if (diagnostics.Count > before)
            return [];
        List<Ignored> read = [.. ids.Select(i => new Ignored(i, reason, position, policy))];
        all.AddRange(read);
        return read;
    }

    private static Diagnostic Broken(string message, SourcePosition? position, PolicyId? policy) => new(Severity.Error, DiagnosticCodes.BrokenSuppression, message)
    {
        Position = position,
        Subject = policy is null ? null : new(PolicyObject.Kind, policy.Namespace, policy.Name),
        Fix = "Write: ignore RULE: reason.",
    };

    private static void Add<TKey>(Dictionary<TKey, List<Ignored>> index, TKey key, Ignored ignored)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list))
            index[key] = list = [];
        list.Add(ignored);
    }

    private sealed record Ignored(string Rule, string Reason, SourcePosition? Position, PolicyId? Policy)
    {
        public bool IsUsed { get; set; }
    }
}
