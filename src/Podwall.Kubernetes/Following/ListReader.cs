using System.Text.Json;

namespace Podwall.Kubernetes.Following;

/// <summary>Looks at one object's JSON; the bytes are gone afterwards.</summary>
internal delegate void TakeObject(ReadOnlySpan<byte> json);

/// <summary>Reads the answer to a list while it arrives, one object at a time, whatever the length of the list.</summary>
internal sealed class ListReader
{
    private readonly TakeObject take;
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = ReadingLimits.Default.Depth });
    private bool isInItems;
    private bool isComplete;

    private ListReader(TakeObject take) => this.take = take;

    public string ResourceVersion { get; private set; } = "";

    /// <summary>The token for the next page; empty on the last one.</summary>
    public string Continue { get; private set; } = "";

    /// <exception cref="InvalidDataException">The bytes are no list, or end before it does.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<ListReader> ReadAsync(Stream stream, TakeObject take, CancellationToken cancellation)
    {
        ListReader reader = new(take);
        ByteFeed feed = new(stream);
        try
        {
            do
            {
                if (!await feed.FillAsync(cancellation))
                    throw new InvalidDataException("the list ends in the middle");
                feed.Consume(reader.Advance(feed.Unread));
            }
            while (!reader.isComplete);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException("the list is no JSON", error);
        }

        return reader.ResourceVersion.Length > 0 ? reader : throw new InvalidDataException("the answer is no list: it has no metadata.resourceVersion");
    }

    /// <summary>Reads what is there in full, and says how many bytes that was.</summary>
    private int Advance(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        var done = reader;
        while (!isComplete && Step(ref reader, bytes))
            done = reader;
        state = done.CurrentState;
        return (int)done.BytesConsumed;
    }

    private bool Step(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        if (!reader.Read())
            return false;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when !isInItems:
                return ReadField(ref reader, bytes);
            case JsonTokenType.StartObject when isInItems:
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                    return false;
                take(bytes[start..(int)reader.BytesConsumed]);
                return true;
            case JsonTokenType.EndArray:
                isInItems = false;
                return true;
            case JsonTokenType.EndObject:
                isComplete = true;
                return true;
            case JsonTokenType.StartObject:
                return true;
            default:
                throw new JsonException("the answer is no list");
        }
    }

    private bool ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        var (isItems, isMetadata) = (reader.ValueTextEquals("items"u8), reader.ValueTextEquals("metadata"u8));
        if (!reader.Read())
            return false;
        if (isItems)
        {
            isInItems = reader.TokenType == JsonTokenType.StartArray;
            return true;
        }

        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        if (isMetadata)
            ReadMetadata(bytes[start..(int)reader.BytesConsumed]);
        return true;
    }

    private void ReadMetadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.BeginObject())
            return;
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("resourceVersion"u8))
                ResourceVersion = reader.Text() ?? "";
            else if (reader.ValueTextEquals("continue"u8))
                Continue = reader.Text() ?? "";
            else
                reader.SkipValue();
        }
    }
}
