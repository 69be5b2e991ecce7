using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.JSInterop;
using Podwall.Explorer;

namespace Podwall.Web.Explorer;

/// <summary>The engine in a worker beside the page (js/worker.js), for texts that would keep the page from answering.</summary>
public sealed class WorkerExplorer(IJSObjectReference script) : IExplorer
{
    public Task<Overview> OverviewAsync(CancellationToken cancellation = default) => AskAsync("overview", "", ExplorerJson.Default.String, ExplorerJson.Default.Overview, cancellation);

    public Task<AskReply> AskAsync(AskQuestion question, CancellationToken cancellation = default) => AskAsync("ask", question, ExplorerJson.Default.AskQuestion, ExplorerJson.Default.AskReply, cancellation);

    public Task<BoardAnswer> BoardAsync(BoardQuestion question, CancellationToken cancellation = default) => AskAsync("board", question, ExplorerJson.Default.BoardQuestion, ExplorerJson.Default.BoardAnswer, cancellation);

    public Task<IReadOnlyList<Answer>> ReasonsAsync(ArrowQuestion question, CancellationToken cancellation = default) => AskAsync("reasons", question, ExplorerJson.Default.ArrowQuestion, ExplorerJson.Default.IReadOnlyListAnswer, cancellation);

    public Task<ExportAnswer> ExportAsync(ExportQuestion question, CancellationToken cancellation = default) => AskAsync("export", question, ExplorerJson.Default.ExportQuestion, ExplorerJson.Default.ExportAnswer, cancellation);

    public Task<MatrixAnswer> MatrixAsync(MatrixQuestion question, CancellationToken cancellation = default) => AskAsync("matrix", question, ExplorerJson.Default.MatrixQuestion, ExplorerJson.Default.MatrixAnswer, cancellation);

    public Task<ChangesAnswer> ChangesAsync(CancellationToken cancellation = default) => AskAsync("changes", "", ExplorerJson.Default.String, ExplorerJson.Default.ChangesAnswer, cancellation);

    /// <summary>The worker's side: the same questions, answered by an explorer over the texts that it was given.</summary>
    public static async Task<string> AnswerAsync(IExplorer explorer, string what, string question)
    {
        var json = ExplorerJson.Default;
        return what switch
        {
            "overview" => Written(await explorer.OverviewAsync(), json.Overview),
            "ask" => Written(await explorer.AskAsync(Read(question, json.AskQuestion)), json.AskReply),
            "board" => Written(await explorer.BoardAsync(Read(question, json.BoardQuestion)), json.BoardAnswer),
            "reasons" => Written(await explorer.ReasonsAsync(Read(question, json.ArrowQuestion)), json.IReadOnlyListAnswer),
            "export" => Written(await explorer.ExportAsync(Read(question, json.ExportQuestion)), json.ExportAnswer),
            "matrix" => Written(await explorer.MatrixAsync(Read(question, json.MatrixQuestion)), json.MatrixAnswer),
            "changes" => Written(await explorer.ChangesAsync(), json.ChangesAnswer),
            _ => throw new ArgumentException($"There is no question '{what}'.", nameof(what)),
        };
    }

    private async Task<TAnswer> AskAsync<TQuestion, TAnswer>(string what, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation) =>
        Read(await script.InvokeAsync<string?>("work", cancellation, what, Written(question, questionType)) ?? throw new OperationCanceledException("The worker was stopped."), answerType);

    private static string Written<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    private static T Read<T>(string text, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null in place of an answer");
}
