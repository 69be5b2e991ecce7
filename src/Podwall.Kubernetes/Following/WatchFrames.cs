using System.Text.Json;

namespace Podwall.Kubernetes.Following;

/// <summary>Cuts a watch's stream into its events, wherever the chunks break.</summary>
internal sealed class WatchFrames
{
    private JsonReaderState state = new(new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = ReadingLimits.Default.Depth });

    /// <summary>Hands on each event that is there in full, and says how many bytes they were.</summary>
    public int Advance(ReadOnlySpan<byte> bytes, TakeObject take)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        var done = reader;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("an event is no object");
            var start = (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                break;
            done = reader;
            take(bytes[start..(int)reader.BytesConsumed]);
        }

        state = done.CurrentState;
        return (int)done.BytesConsumed;
    }
}
