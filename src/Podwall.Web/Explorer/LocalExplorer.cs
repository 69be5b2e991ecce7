using Podwall.Explorer;
using Podwall.Kubernetes;

namespace Podwall.Web.Explorer;

/// <summary>The engine right here, over the texts of a playground: in the page, or in the worker beside it.</summary>
public sealed class LocalExplorer : IExplorer
{
    private readonly ReadingOptions options = new() { Limits = new() { Bytes = 64 * 1024 * 1024 }, Memory = new() };
    private Exploration? earlier;
    private Exploration current = Exploration.Of(ManifestReader.Read(Array.Empty<ManifestSource>()));

    /// <summary>Reads the texts: what was not edited is neither parsed nor compiled again.</summary>
    public void Put(IEnumerable<ManifestSource> files) => current = current.Next(ManifestReader.Read(files, options), earlier);

    /// <summary>Keeps a version to compare with; null forgets it.</summary>
    public void Keep(IEnumerable<ManifestSource>? files)
    {
        earlier = files is null ? null : Exploration.Of(ManifestReader.Read(files));
        current = new(current.Manifests, current.Compiled, earlier);
    }

    public Task<Overview> OverviewAsync(CancellationToken cancellation = default) => Task.FromResult(current.Overview());

    public Task<AskReply> AskAsync(AskQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Ask(question));

    public Task<BoardAnswer> BoardAsync(BoardQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Board(question));

    public Task<IReadOnlyList<Answer>> ReasonsAsync(ArrowQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Reasons(question));

    public Task<ExportAnswer> ExportAsync(ExportQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Export(question));

    public Task<MatrixAnswer> MatrixAsync(MatrixQuestion question, CancellationToken cancellation = default) => Task.FromResult(current.Matrix(question));

    public Task<ChangesAnswer> ChangesAsync(CancellationToken cancellation = default) => Task.FromResult(current.Changes());
}
