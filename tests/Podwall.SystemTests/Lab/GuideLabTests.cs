using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Podwall.SystemTests.Packets;
using Podwall.Tests;
using Podwall.Tests.Scenarios;

namespace Podwall.SystemTests.Lab;

/// <summary>The guide's "Run it for real", against a lab that a user has brought up.</summary>
[Collection(KernelCollection.Name)]
public sealed class GuideLabTests : IDisposable
{
    // In a short run, one of so many; those of every kind of lab run elsewhere.
    private const int Share = 23;

    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(15));

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_scenario_runs_in_the_lab_that_is_up_and_packets_do_what_the_page_shows()
    {
        await using var lab = UserLab.None(limit.Token);
        var site = Directory.CreateTempSubdirectory("podwall-site");
        await File.WriteAllTextAsync(Path.Combine(site.FullName, "explorer.html"), "<!doctype html>", limit.Token);
        // What runs in the background of a shell ignores interruptions, and so would what it starts.
        using var up = lab.Start(["env", "--default-signal=INT", .. Programs.Podwall, "lab", "up", "--nodes", "2", "--ui", "--site", site.FullName]);
        Uri? address = null;
        while (address is null)
            address = await up.StandardOutput.ReadLineAsync(limit.Token) is { } line ? line.StartsWith("http://", StringComparison.Ordinal) ? new Uri(line) : null : throw new IOException(await up.StandardError.ReadToEndAsync(limit.Token));
        using HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Fragment.Split("token=")[1]);
        Assert.Equal("""{"canRun":true,"why":"","replaces":"lab"}""", await http.GetStringAsync(new Uri("/api/lab", UriKind.Relative), limit.Token));
        foreach (var folder in ScenarioSteps.Names.Where((_, i) => i % Math.Max(1, Share / Effort.Times(1)) == 0))
        {
            var answer = await http.PostAsJsonAsync(new Uri("/api/run", UriKind.Relative), new { folder }, limit.Token);
            Assert.True(answer.IsSuccessStatusCode, $"{folder}: {await answer.Content.ReadAsStringAsync(limit.Token)}");
            using var run = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(limit.Token));
            Assert.False(run.RootElement.GetProperty("simulated").GetBoolean());
            var flows = run.RootElement.GetProperty("scenarios").EnumerateArray().SelectMany(s => s.GetProperty("steps").EnumerateArray()).SelectMany(s => s.GetProperty("flows").EnumerateArray()).ToArray();
            Assert.NotEmpty(flows);
            Assert.DoesNotContain(flows, f => f.GetProperty("disagrees").GetBoolean() || f.GetProperty("expected").EnumerateArray().Any(e => !e.GetProperty("met").GetBoolean()));
            Assert.Contains(flows, f => f.GetProperty("after").GetString() == f.GetProperty("engine").GetString());
        }

        // The lab is what the last scenario made of it, and stays.
        Sandbox.Command("kill", ["-INT", $"{up.Id}"]);
        await up.WaitForExitAsync(limit.Token);
        Assert.NotEqual("", await lab.KubectlOkAsync("get", "networkpolicy", "-A", "-o", "name"));
        site.Delete(recursive: true);
    }
}
