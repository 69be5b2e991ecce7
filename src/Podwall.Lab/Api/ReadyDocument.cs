using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Podwall.Lab.Api;

/// <summary>A document that is the same for everybody, as long as the server runs: clients keep it and ask whether it still holds.</summary>
internal sealed record ReadyDocument(string ContentType, byte[] Body, string Tag)
{
    public static ReadyDocument Of(string contentType, Action<Utf8JsonWriter> fill)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            fill(json);
            json.WriteEndObject();
        }

        var body = buffer.ToArray();
        return new(contentType, body, Convert.ToHexString(SHA256.HashData(body)));
    }

    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers.ETag = $"\"{Tag}\"";
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.CacheControl = "public";
        if (http.Request.Headers.IfNoneMatch.ToString() == $"\"{Tag}\"")
        {
            http.Response.StatusCode = 304;
            return;
        }

        http.Response.ContentType = ContentType;
        await http.Response.BodyWriter.WriteAsync(Body, http.RequestAborted);
    }
}

internal static class JsonWriting
{
    public static void WriteTexts(this Utf8JsonWriter json, string field, IEnumerable<string> texts)
    {
        json.WriteStartArray(field);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
