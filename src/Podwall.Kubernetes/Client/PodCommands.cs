using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Kubernetes.Client;

/// <summary>How a command in a container ended.</summary>
/// <param name="ExitCode">Null where it could not be started.</param>
/// <param name="Failure">Why it could not be started; empty where it ran.</param>
public sealed record CommandResult(int? ExitCode, string Output, string Error, string Failure);

/// <summary>Runs commands in the containers of a cluster's pods, as <c>kubectl exec</c> does (<c>pods/exec</c>).</summary>
public sealed class PodCommands(ApiClient client)
{
    // Both put the channel in the first byte of a message; the newer one can also close single channels (KEP-4006).
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    private const byte Output = 1, Error = 2, Result = 3;

    // What a command says beyond this is not kept.
    private const int MostKept = 64 * 1024;

    /// <summary>The names of a pod's containers, in order.</summary>
    /// <exception cref="ApiException">The server could not be reached, or refused.</exception>
    public async Task<ValueList<string>> ContainersAsync(PodId pod, CancellationToken cancellation) =>
        (await client.GetAsync(ResourceType.Pods.PathOf(pod.Namespace, pod.Name), ClientJson.Default.PodContainers, cancellation)).Spec.Containers.Select(c => c.Name).ToValueList();

    /// <summary>Runs a command without input, and waits for its end.</summary>
    /// <inheritdoc cref="ContainersAsync" path="/exception"/>
    public async Task<CommandResult> RunAsync(PodId pod, string container, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var path = $"{ResourceType.Pods.PathOf(pod.Namespace, pod.Name)}/exec?container={Uri.EscapeDataString(container)}&stdout=true&stderr=true{string.Concat(words.Select(w => $"&command={Uri.EscapeDataString(w)}"))}";
        using var socket = await client.ConnectAsync(path, Protocols, cancellation);
        Dictionary<byte, MemoryStream> channels = new() { [Output] = new(), [Error] = new(), [Result] = new() };
        try
        {
            await ReceiveAsync(socket, channels, cancellation);
            return End(channels);
        }
        catch (Exception broken) when (broken is WebSocketException or IOException or JsonException)
        {
            throw ApiException.BrokenBody(client.Access, broken);
        }
    }

    // Until the server closes. A message may come in parts, of which the first says where it belongs.
    private static async Task ReceiveAsync(WebSocket socket, Dictionary<byte, MemoryStream> channels, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        byte? channel = null;
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellation) is { MessageType: not WebSocketMessageType.Close } part)
        {
            var isFirst = channel is null && part.Count > 0;
            if (isFirst)
                channel = buffer[0];
            if (channel is { } known && channels.TryGetValue(known, out var kept) && kept.Length < MostKept)
                kept.Write(buffer, isFirst ? 1 : 0, part.Count - (isFirst ? 1 : 0));
            if (part.EndOfMessage)
                channel = null;
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation);
    }

    private static CommandResult End(Dictionary<byte, MemoryStream> channels)
    {
        var status = JsonSerializer.Deserialize(channels[Result].ToArray(), ApiStatus.JsonType) ?? throw new JsonException("null in place of an object");
        var code = status.Status == ApiStatus.Success ? 0
            : status.Details?.Causes?.FirstOrDefault(c => c.Reason == "ExitCode")?.Message is { } text && int.TryParse(text, out var number) ? number
            : (int?)null;
        return new(code, Text(Output), Text(Error), code is null ? ApiException.OneLine(status.Message ?? status.Reason ?? "no reason given") : "");

        string Text(byte channel) => Encoding.UTF8.GetString(channels[channel].ToArray());
    }
}

/// <summary>Of a pod, what its containers are called.</summary>
internal sealed record PodContainers
{
    public PodContainerList Spec { get; init; } = new();
}

internal sealed record PodContainerList
{
    public NamedContainer[] Containers { get; init; } = [];
}

internal sealed record NamedContainer(string Name);
