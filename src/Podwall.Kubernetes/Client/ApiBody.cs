namespace Podwall.Kubernetes.Client;

/// <summary>The body of an answer while it arrives.</summary>
public sealed class ApiBody : IAsyncDisposable
{
    private readonly HttpResponseMessage response;

    internal ApiBody(HttpResponseMessage response, Stream stream) => (this.response, Stream) = (response, stream);

    public Stream Stream { get; }

    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        response.Dispose();
    }
}
