using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Podwall.Explorer;

namespace Podwall.Web.Explorer;

/// <summary>The engine behind <c>podwall ui</c>, for a live cluster.</summary>
public sealed class RemoteExplorer : IExplorer, IDisposable
{
    private const string Proposes = "X-Podwall-Proposes";

    private readonly HttpClient http;

    public RemoteExplorer(Uri root, string token)
    {
        http = new() { BaseAddress = root };
        http.DefaultRequestHeaders.Add("X-Podwall-Tab", Guid.NewGuid().ToString("N"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The policies to try on top of the cluster; none shows the cluster as it is.</summary>
    public IReadOnlyList<SourceText> Proposal { get; set; } = [];

    /// <summary>Tells the proposal, too. From then on, a server that has forgotten it says so instead of answering without it.</summary>
    public async Task<Overview> OverviewAsync(CancellationToken cancellation = default)
    {
        var told = Proposal;
        http.DefaultRequestHeaders.Remove(Proposes);
        var overview = await PostAsync("overview", new Proposal(told), ExplorerJson.Default.Proposal, ExplorerJson.Default.Overview, cancellation);
        if (told.Count > 0)
            http.DefaultRequestHeaders.Add(Proposes, "yes");
        return overview;
    }

    /// <summary>Comes back when the cluster has changed since the revision, or after a while.</summary>
    public Task<Overview> ChangedAsync(long revision, CancellationToken cancellation) => GetAsync($"changed?since={revision}", ExplorerJson.Default.Overview, cancellation);

    public Task<AskReply> AskAsync(AskQuestion question, CancellationToken cancellation = default) => PostAsync("ask", question, ExplorerJson.Default.AskQuestion, ExplorerJson.Default.AskReply, cancellation);

    public Task<BoardAnswer> BoardAsync(BoardQuestion question, CancellationToken cancellation = default) => PostAsync("board", question, ExplorerJson.Default.BoardQuestion, ExplorerJson.Default.BoardAnswer, cancellation);

    public Task<IReadOnlyList<Answer>> ReasonsAsync(ArrowQuestion question, CancellationToken cancellation = default) => PostAsync("reasons", question, ExplorerJson.Default.ArrowQuestion, ExplorerJson.Default.IReadOnlyListAnswer, cancellation);

    public Task<ExportAnswer> ExportAsync(ExportQuestion question, CancellationToken cancellation = default) => PostAsync("export", question, ExplorerJson.Default.ExportQuestion, ExplorerJson.Default.ExportAnswer, cancellation);

    public Task<MatrixAnswer> MatrixAsync(MatrixQuestion question, CancellationToken cancellation = default) => PostAsync("matrix", question, ExplorerJson.Default.MatrixQuestion, ExplorerJson.Default.MatrixAnswer, cancellation);

    public Task<ChangesAnswer> ChangesAsync(CancellationToken cancellation = default) => GetAsync("changes", ExplorerJson.Default.ChangesAnswer, cancellation);

    public Task<ApplyReply> ApplyAsync(CancellationToken cancellation = default) => PostAsync("apply", new Proposal(Proposal), ExplorerJson.Default.Proposal, ExplorerJson.Default.ApplyReply, cancellation);

    private async Task<TAnswer> PostAsync<TQuestion, TAnswer>(string what, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        using var response = await http.PostAsJsonAsync($"api/{what}", question, questionType, cancellation);
        return await ReadAsync(response, answerType, cancellation);
    }

    private async Task<TAnswer> GetAsync<TAnswer>(string what, JsonTypeInfo<TAnswer> type, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(new Uri($"api/{what}", UriKind.Relative), cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    private static async Task<TAnswer> ReadAsync<TAnswer>(HttpResponseMessage response, JsonTypeInfo<TAnswer> type, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
            throw Fault(response.Content.Headers.ContentType?.MediaType == "text/plain" ? await response.Content.ReadAsStringAsync(cancellation) : "");
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation) ?? throw Fault("");
        }
        catch (JsonException)
        {
            throw Fault("");
        }

        // What podwall ui refuses, it refuses in words; anything else is another program, or another version.
        HttpRequestException Fault(string said) => new(
            said.Length > 0 ? said : $"What answers here ({(int)response.StatusCode}) is not this page's podwall ui. Start podwall ui again, and open the address that it prints.", null, response.StatusCode);
    }

    public void Dispose() => http.Dispose();
}
