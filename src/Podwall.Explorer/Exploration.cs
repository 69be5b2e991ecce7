using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Explorer;

/// <summary>A cluster at one revision, and its earlier version where there is one, ready to answer.</summary>
public sealed class Exploration(Manifests manifests, Compiled compiled, Exploration? earlier = null)
{
    private const int MostEnds = 2_000;
    private const int MostFindings = 500;
    private const int MostLabelKeys = 100;

    private readonly Lazy<Asking> asking = new(() => new(manifests, compiled));
    private readonly Lazy<Boards> boards = new(() => new(null, compiled, manifests));
    private readonly Lazy<Boards> comparing = new(() => new(earlier?.Compiled, compiled, manifests, earlier?.Manifests));

    public Manifests Manifests { get; } = manifests;

    public Compiled Compiled { get; } = compiled;

    /// <summary>Where an error would make every answer a guess, nothing is answered.</summary>
    public bool CanDecide => Manifests.CanDecide && earlier is not { CanDecide: false };

    public static Exploration Of(Manifests manifests, Exploration? earlier = null) => new(manifests, Compiled.Compile(manifests.Snapshot), earlier);

    /// <summary>The next reading of the same texts: what says the same as before is not compiled again.</summary>
    public Exploration Next(Manifests next, Exploration? earlier = null)
    {
        var snapshot = next.Snapshot.Keeping(Compiled.Snapshot);
        return new(next with { Snapshot = snapshot }, Compiled.Update(snapshot), earlier);
    }

    public Overview Overview()
    {
        var names = new WorkloadNames(Compiled.Snapshot);
        return new()
        {
            CanDecide = CanDecide,
            Pods = Compiled.Snapshot.Pods.Count(),
            Policies = Compiled.Snapshot.Policies.Count(),
            Namespaces = [.. Compiled.Snapshot.Namespaces.Select(n => n.Name)],
            Ends = [.. Compiled.Snapshot.Pods.Select(p => names.Of(p.Workload)).Distinct().Concat(Manifests.Services.Select(s => $"{s.Namespace}/service/{s.Name}")).Take(MostEnds)],
            LabelKeys = [.. Compiled.Snapshot.Pods.SelectMany(p => p.Labels).Select(l => l.Key).Distinct().Order(StringComparer.Ordinal).Take(MostLabelKeys)],
            Findings = [.. Manifests.Diagnostics.Take(MostFindings).Select(Finding.Of)],
            FindingCount = Manifests.Diagnostics.Count,
            Errors = Manifests.Diagnostics.AsEnumerable().Count(d => d.Severity == Severity.Error),
            Warnings = Manifests.Diagnostics.AsEnumerable().Count(d => d.Severity == Severity.Warning),
        };
    }

    public AskReply Ask(AskQuestion question) => CanDecide ? asking.Value.Ask(question) : AskReply.Wrong(Undecided);

    public BoardAnswer Board(BoardQuestion question) => !CanDecide ? BoardAnswer.Wrong(Undecided)
        : BoardsFor(question).Draw(question);

    public IReadOnlyList<Answer> Reasons(ArrowQuestion question) => CanDecide ? BoardsFor(question.Board).Reasons(question.Board, question.Sentence) : [];

    public ExportAnswer Export(ExportQuestion question) => CanDecide ? BoardsFor(question.Board).Export(question.Board, question.Format) : new(Undecided, "");

    public MatrixAnswer Matrix(MatrixQuestion question) => CanDecide ? new Matrices(Compiled).Of(question) : MatrixAnswer.Wrong(Undecided);

    public ChangesAnswer Changes() => !CanDecide ? ChangesAnswer.Wrong(Undecided)
        : earlier is null ? ChangesAnswer.Wrong("There is no earlier version to compare with. Keep the present one first.")
        : ChangeLines.Of(earlier.Compiled, Compiled);

    private Boards BoardsFor(BoardQuestion question) => question.Compare ? comparing.Value : boards.Value;

    private string Undecided => Manifests.CanDecide && earlier is { CanDecide: false }
        ? "The earlier version has errors, so a comparison would be a guess."
        : "Nothing was decided: objects with errors would make every answer a guess. The editor marks them.";
}
