using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>One of a container's probes (<c>Probe</c> of the API): how it is tried, how often, and what counts.</summary>
internal sealed record HealthCheck(JsonObject Handler, TimeSpan Delay, TimeSpan Period, TimeSpan Patience, int Successes, int Failures)
{
    /// <summary>Null where the container has no such probe.</summary>
    public static HealthCheck? Of(JsonObject container, string kind) => container[kind] is not JsonObject probe ? null : new(probe, Seconds(probe, "initialDelaySeconds", 0), Seconds(probe, "periodSeconds", 10),
        Seconds(probe, "timeoutSeconds", 1), (int)Number(probe, "successThreshold", 1), (int)Number(probe, "failureThreshold", 3));

    /// <summary>The port that is tried; null for a command.</summary>
    public int? PortIn(JsonObject container)
    {
        var asked = Cells.Text(Handler["httpGet"] ?? Handler["tcpSocket"] ?? Handler["grpc"], "port");
        if (int.TryParse(asked, CultureInfo.InvariantCulture, out var number))
            return number;
        return Cells.Items(container["ports"]).Where(p => asked.Length > 0 && Cells.Text(p, "name") == asked).Select(p => (int?)Cells.Int(p, "containerPort")).FirstOrDefault();
    }

    public IReadOnlyList<string>? Command => Handler["exec"]?["command"] is JsonArray words ? [.. words.Select(w => w?.GetValue<string>() ?? "")] : null;

    /// <summary>Tries once over the network, from the node; null where all is well, else what is wrong.</summary>
    /// <param name="open">Opens a socket of a family on the node.</param>
    /// <param name="pod">The pod's address.</param>
    /// <param name="port">Which of its ports.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<string?> TryAsync(Func<AddressFamily, Socket> open, Address pod, int port, CancellationToken cancellation)
    {
        var target = pod.At(port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = open(target.AddressFamily);
            await socket.ConnectAsync(target, limit.Token);
            return Handler["httpGet"] is { } request && Cells.Text(request, "scheme") is "" or "HTTP" ? await AskAsync(socket, request, target, limit.Token) : null;
        }
        catch (SocketException failed)
        {
            return $"dial tcp {target}: {failed.Message}";
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return $"{target}: no answer within {Patience.TotalSeconds:0} s";
        }
    }

    private static async Task<string?> AskAsync(Socket socket, JsonNode request, IPEndPoint target, CancellationToken cancellation)
    {
        await using NetworkStream stream = new(socket);
        var path = Cells.Text(request, "path") is { Length: > 0 } asked ? asked : "/";
        var host = Cells.Text(request, "host") is { Length: > 0 } named ? named : $"{target}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {(path.StartsWith('/') ? path : $"/{path}")} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: kube-probe/1.32\r\nConnection: close\r\n\r\n"), cancellation);
        using StreamReader reader = new(stream, Encoding.Latin1);
        var answer = await reader.ReadLineAsync(cancellation) ?? "";
        var code = answer.Split(' ') is [_, var said, ..] && int.TryParse(said, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return code is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {code}";
    }

    private static TimeSpan Seconds(JsonObject probe, string field, long otherwise) => TimeSpan.FromSeconds(Number(probe, field, otherwise));

    private static long Number(JsonObject probe, string field, long otherwise) => Cells.Int(probe, field) is > 0 and var number ? number : otherwise;
}
