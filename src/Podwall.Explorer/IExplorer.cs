namespace Podwall.Explorer;

/// <summary>One cluster to ask about: in the page itself, in a worker beside it, or behind <c>podwall ui</c>.</summary>
public interface IExplorer
{
    Task<Overview> OverviewAsync(CancellationToken cancellation = default);

    Task<AskReply> AskAsync(AskQuestion question, CancellationToken cancellation = default);

    Task<BoardAnswer> BoardAsync(BoardQuestion question, CancellationToken cancellation = default);

    Task<IReadOnlyList<Answer>> ReasonsAsync(ArrowQuestion question, CancellationToken cancellation = default);

    Task<ExportAnswer> ExportAsync(ExportQuestion question, CancellationToken cancellation = default);

    Task<MatrixAnswer> MatrixAsync(MatrixQuestion question, CancellationToken cancellation = default);

    /// <summary>What the cluster allows differently from its earlier version.</summary>
    Task<ChangesAnswer> ChangesAsync(CancellationToken cancellation = default);
}
