using System.Buffers.Text;
using System.Text.Json;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Where the next page begins: behind a name, at a version; a negative version goes on without one.</summary>
internal sealed record ContinueToken(long Version, ObjectName After)
{
    private const string Format = "meta.k8s.io/v1";

    /// <exception cref="ApiFailure">The text is no token.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(text));
            var start = json.RootElement.GetProperty("start").GetString()!;
            var slash = start.IndexOf('/');
            if (json.RootElement.GetProperty("v").GetString() != Format || !start.EndsWith('\0'))
                throw new FormatException("start is malformed");
            return new(json.RootElement.GetProperty("rv").GetInt64(), new(slash < 0 ? "" : start[..slash], start[(slash + 1)..^1]));
        }
        catch (Exception broken) when (broken is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or NullReferenceException)
        {
            throw ApiFailure.BadRequest($"invalid continue token: continue key is not valid: {broken.Message.Split(" LineNumber:")[0]}");
        }
    }

    public override string ToString()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("v", Format);
            json.WriteNumber("rv", Version);
            json.WriteString("start", $"{After.Namespace}/{After.Name}\0");
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }
}
