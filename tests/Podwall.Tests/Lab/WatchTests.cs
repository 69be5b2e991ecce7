using System.Net;
using System.Text.Json.Nodes;

namespace Podwall.Tests.Lab;

/// <summary>Watches over a long time: silence, and what is too long ago.</summary>
public sealed class WatchTests : ServedTest
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_silent_watch_answers_at_once(string version)
    {
        using var http = Server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, $"{Pods}?watch=true&resourceVersion={Server.Store.Version}") { Version = new(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_quiet_watch_has_a_bookmark_every_minute()
    {
        using var lines = await Session.WatchAsync($"{Pods}?watch=1&allowWatchBookmarks=true&timeoutSeconds=10000000&resourceVersion={Server.Store.Version}");
        for (var minute = 0; minute < 3; minute++)
        {
            // The server's timer is set when it has nothing more to say. Small steps: a watch lasts a day at most, however long a line is under way.
            var line = lines.ReadLineAsync(Stop).AsTask();
            while (!line.IsCompleted)
            {
                Time.Move(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Equal("BOOKMARK", JsonNode.Parse((await line)!)!["type"]!.ToString());
        }
    }

    [Fact]
    public async Task A_watcher_that_fell_behind_must_read_anew()
    {
        var before = Server.Store.Version;
        for (var i = 0; i < 60; i++)
            Server.Store.PutPod("default", "busy", $"10.0.0.{i}");
        await MustReadAnewAsync(before);
    }

    [Fact]
    public async Task Changes_of_five_minutes_are_remembered_and_older_ones_forgotten()
    {
        var before = Server.Store.Version;
        Server.Store.PutPod("default", "early", "10.0.0.1");
        Time.Move(TimeSpan.FromMinutes(5));
        var between = Server.Store.Version;
        Server.Store.PutPod("default", "late", "10.0.0.2");
        Time.Move(TimeSpan.FromMinutes(5));
        await MustReadAnewAsync(before);
        using var lines = await Session.WatchAsync($"{Pods}?watch=1&resourceVersion={between}");
        Assert.Equal("late", JsonNode.Parse((await lines.ReadLineAsync(Stop))!)!["object"]!["metadata"]!["name"]!.ToString());
    }

    private async Task MustReadAnewAsync(ulong version)
    {
        using var lines = await Session.WatchAsync($"{Pods}?watch=1&resourceVersion={version}");
        var said = JsonNode.Parse((await lines.ReadLineAsync(Stop))!)!;
        Assert.Equal(("ERROR", "410", "Expired"), (said["type"]!.ToString(), said["object"]!["code"]!.ToString(), said["object"]!["reason"]!.ToString()));
        Assert.Null(await lines.ReadLineAsync(Stop));
    }
}
