using System.Buffers.Binary;
using System.Net.Sockets;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Lab.Store;

namespace Podwall.Lab.Services;

/// <summary>Answers for the names of the cluster in one of its pods, over UDP and TCP.</summary>
internal sealed class DnsServer : IDisposable
{
    public const string Image = "podwall.dev/lab-dns";

    private const int Port = 53;

    private readonly CancellationTokenSource stop = new();
    private readonly Func<DnsQuestion, IReadOnlyList<DnsRecord>?> find;

    /// <exception cref="IOException">The port is taken.</exception>
    public DnsServer(NetworkSpace space, ObjectStore store, AddressPlan plan)
    {
        find = question => new ClusterNames(new ClusterView(store), plan).Find(question);
        _ = DatagramsAsync(space.Run(() => EndPoints.Bound(SocketType.Dgram, Port)));
        var listener = space.Run(() => EndPoints.Bound(SocketType.Stream, Port));
        listener.Listen();
        _ = ConnectionsAsync(listener);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private async Task DatagramsAsync(Socket socket)
    {
        var token = stop.Token;
        var buffer = new byte[4096];
        using (socket)
            while (!token.IsCancellationRequested)
                try
                {
                    var asked = await socket.ReceiveFromAsync(buffer, EndPoints.Any(socket.AddressFamily, 0), token);
                    if (Answer(buffer.AsSpan(0, asked.ReceivedBytes), DnsMessage.LargestDatagram) is { } reply)
                        await socket.SendToAsync(reply, asked.RemoteEndPoint, token);
                }
                catch (Exception gone) when (gone is SocketException or OperationCanceledException)
                {
                    // An answer did not arrive, or the pod goes.
                }
    }

    private async Task ConnectionsAsync(Socket listener)
    {
        var token = stop.Token;
        using (listener)
            while (!token.IsCancellationRequested)
                try
                {
                    _ = ConverseAsync(await listener.AcceptAsync(token), token);
                }
                catch (Exception gone) when (gone is SocketException or OperationCanceledException)
                {
                    // The client went before it was let in, or the pod goes.
                }
    }

    private async Task ConverseAsync(Socket client, CancellationToken token)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length, token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message, token);
                if (Answer(message, ushort.MaxValue) is not { } reply)
                    return;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                await stream.WriteAsync((byte[])[.. length, .. reply], token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has gone.
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> message, int limit)
    {
        if (DnsMessage.Question(message) is not { } question)
            return null;
        var found = find(question);
        return DnsMessage.Reply(message, question, found ?? [], found is not null, limit);
    }
}
