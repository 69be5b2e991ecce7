using Podwall.Explorer;
using Podwall.Kubernetes;

namespace Podwall.Web.Explorer;

/// <summary>The engine in the page, over the texts of a playground.</summary>
public sealed class LocalExplorer : IExplorer
{
    private readonly ReadingOptions options = new() { Limits = new() { Bytes = 64 * 1024 * 1024 }, Memory = new() };
    private Exploration? earlier;
    private Exploration current = Exploration.Of(ManifestReader.Read(Array.Empty<ManifestSource>()));
    private long revision;

    public IReadOnlyList<SourceText> Files { get; private set; } = [];

    public IReadOnlyList<SourceText>? Earlier { get; private set; }

    public void Put(IReadOnlyList<SourceText> files)
    {
        Files = files;
        revision++;
        current = Of(files, earlier);
    }

    /// <summary>Keeps a version to compare with; null forgets it.</summary>
    public void Keep(IReadOnlyList<SourceText>? files)
    {
        Earlier = files;
        earlier = files is null ? null : Of(files, null);
        current = Of(Files, earlier);
        revision++;
    }

    public Task<Overview> OverviewAsync(CancellationToken cancellation = default) => Task.FromResult(current.Overview() with { Revision = revision });

    public Task<AskReply> AskAsync(AskQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Ask(question));

    public Task<BoardAnswer> BoardAsync(BoardQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Board(question));

    public Task<MatrixAnswer> MatrixAsync(MatrixQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Matrix(question));

    public Task<ChangesAnswer> ChangesAsync(CancellationToken cancellation = default) => Task.FromResult(current.Changes());

    private Exploration Of(IReadOnlyList<SourceText> files, Exploration? earlier) =>
        Exploration.Of(ManifestReader.Read(files.Select(f => ManifestSource.OfText(f.Name, f.Text)), options), earlier);
}
