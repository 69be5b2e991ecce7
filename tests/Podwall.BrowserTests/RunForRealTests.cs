using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Podwall.Lab.Hosting;

namespace Podwall.BrowserTests;

/// <summary>The guide's "Run it for real", from the button to the packets of a lab and back.</summary>
[Collection("one browser on a small machine")]
public sealed class RunForRealTests(Chromium chromium)
{
    [Fact]
    public async Task A_scenario_is_run_in_the_lab_that_is_up_once_its_owner_agrees()
    {
        Assert.SkipUnless(LabNamespaces.Obstacle() is null, $"no lab can be here: {LabNamespaces.Obstacle()}");
        var name = $"page-{Guid.NewGuid():N}"[..12];
        try
        {
            var (lab, line) = await Running.StartAsync("http", "lab", "up", "--nodes", "2", "--ui", "--name", name);
            using (lab)
                await AssertRunsAsync(line, name);
        }
        finally
        {
            (await Running.StartAsync("lab", "lab", "down", "--name", name)).Program.Dispose();
        }
    }

    private async Task AssertRunsAsync(string line, string name)
    {
        var address = new Uri(line).GetLeftPart(UriPartial.Authority);
        await using var visit = await chromium.VisitAsync(line[(address.Length + 1)..], address: address);
        await visit.AwakeAsync();
        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"Cluster lab {name}");
        await visit.GoAsync("guide/what.html");
        var section = visit.Page.Locator("#labs-security");
        var run = section.Locator("[data-run]");
        await run.ClickAsync();
        await Assertions.Expect(section.Locator("[data-report]")).ToContainTextAsync($"makes your lab {name} into this scenario");
        await section.GetByRole(AriaRole.Button, new() { Name = "Leave it" }).ClickAsync();
        await Assertions.Expect(section.Locator("[data-report]")).ToBeEmptyAsync();
        await run.ClickAsync();
        await section.GetByRole(AriaRole.Button, new() { Name = "Replace and run" }).ClickAsync();
        var outcome = section.Locator("[data-report] .outcome, [data-report] .problem");
        await Assertions.Expect(outcome).ToHaveTextAsync(new Regex(@"^\d+ flows tried; kernel and engine agree, and what was seen is as expected\.$"), new() { Timeout = 180_000 });
        await Assertions.Expect(section.Locator("[data-report] .note")).ToHaveCountAsync(0);
        var flows = section.Locator("[data-report] tbody tr");
        Assert.NotEqual(0, await flows.CountAsync());
        await Assertions.Expect(section.Locator("[data-report] tr.disagrees")).ToHaveCountAsync(0);
        Assert.Equal(["flow", "kernel", "engine"], await section.Locator("[data-report] thead").First.Locator("th").AllTextContentsAsync());
        foreach (var word in (string[])["allow", "den"])
            await Assertions.Expect(flows.Filter(new() { HasTextRegex = new(word) }).First).ToBeVisibleAsync();
        await visit.PictureAsync("run-for-real", whole: false);
    }
}
