using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary>The board of the playground: what can be asked of a picture, and what can be kept of it.</summary>
[Collection("one browser on a small machine")]
public sealed class BoardTests(Chromium chromium)
{
    private const string Tiers = "playground.html#scenario=k8s/tiers/stack";

    [Fact]
    public async Task A_card_is_looked_at_alone_by_a_click_or_by_the_keyboard()
    {
        await using var visit = await OpenAsync(Tiers);
        var cards = visit.Page.Locator(".board .picture [data-card]");
        await cards.First.WaitForAsync();
        var all = await cards.CountAsync();
        await visit.Page.Locator("[data-card='apps/database'] text").First.ClickAsync();
        await Assertions.Expect(Filter(visit, "Only around")).ToHaveValueAsync("apps/pod/database");
        await Assertions.Expect(cards).Not.ToHaveCountAsync(all);
        Assert.All(await visit.Page.Locator("[data-fact] summary").AllTextContentsAsync(), f => Assert.Contains("apps/database", f));
        await visit.PictureAsync("alone", whole: false);
        await visit.Page.Locator("label:has-text('Direction') select").SelectOptionAsync("egress");
        await Assertions.Expect(visit.Page.Locator("#panel")).Not.ToContainTextAsync("to apps/database");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(all);
        await visit.Page.Locator(".alone summary").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("[data-alone='apps/database']").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Filter(visit, "Only around")).ToHaveValueAsync("apps/pod/database");
        await visit.AssertAccessibleAsync("one card alone");
    }

    [Fact]
    public async Task Filters_leave_what_was_asked_for()
    {
        await using var visit = await OpenAsync(Tiers);
        foreach (var (label, value) in (ValueTuple<string, string>[])[("Labels", "tier=database"), ("Search", "database")])
        {
            await PutAsync(Filter(visit, label), value);
            // The database, and who reaches it.
            await Assertions.Expect(visit.Page.Locator(".board .picture [data-card^='apps/']")).ToHaveCountAsync(2);
            await Assertions.Expect(visit.Page.Locator(".board .picture [data-card='apps/backend']")).ToBeVisibleAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
            await Assertions.Expect(visit.Page.Locator(".board .picture [data-card='apps/frontend']")).ToBeVisibleAsync();
        }

        await visit.Page.Locator("label:has-text('Namespace') select").SelectOptionAsync("apps");
        await Assertions.Expect(visit.Page.Locator("#panel .note")).ToContainTextAsync("change no verdict");
        await Assertions.Expect(visit.Page.Locator(".board .picture [data-place]:not(.outside)")).ToHaveCountAsync(2);
        await visit.Page.Locator("label:has-text('Direction') select").SelectOptionAsync("ingress");
        await Assertions.Expect(visit.Page.Locator(".board .picture [data-place]:not(.outside)")).ToHaveCountAsync(1);
        await visit.Page.Locator("label:has-text('Direction') select").SelectOptionAsync("");
        await PutAsync(Filter(visit, "Port"), "1");
        await Assertions.Expect(visit.Page.Locator("#panel")).Not.ToContainTextAsync("TCP 5432");
        await PutAsync(Filter(visit, "Labels"), "a in (");
        await Assertions.Expect(visit.Page.Locator(".panel .problem")).ToContainTextAsync("Labels:");
    }

    [Fact]
    public async Task Pods_that_deny_by_default_are_marked()
    {
        await using var visit = await OpenAsync(Tiers);
        await Assertions.Expect(visit.Page.Locator("[data-card='apps/database'] .bar").First).ToBeAttachedAsync();
        await Assertions.Expect(visit.Page.Locator(".all-facts li").Filter(new() { HasText = "apps/database:" })).ToContainTextAsync("ingress");
    }

    [Fact]
    public async Task Every_arrow_tells_why_when_it_is_asked()
    {
        await using var visit = await OpenAsync(Tiers);
        var facts = visit.Page.Locator("[data-fact]");
        await facts.First.WaitForAsync();
        foreach (var fact in await facts.AllAsync())
        {
            await fact.Locator("summary").ClickAsync();
            await Assertions.Expect(fact.Locator(".answer").First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task What_is_kept_is_what_podwall_draw_writes()
    {
        await using var visit = await OpenAsync("playground.html#scenario=k8s/labs/security");
        await visit.Page.Locator(".board svg").First.WaitForAsync();
        var folder = Checkout.At("k8s", "labs", "security");
        foreach (var (button, format) in (ValueTuple<string, string>[])[("SVG", "svg"), ("Markdown", "markdown"), ("Mermaid", "mermaid")])
        {
            var kept = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync());
            using var draw = Process.Start(new ProcessStartInfo(Programs.Podwall[0],
                [.. Programs.Podwall[1..], "draw", "-o", format, "-f", Path.Combine(folder, "deny-from-other-namespaces.yaml"), "-f", Path.Combine(folder, "scenario", "cluster.yaml")])
            { RedirectStandardOutput = true })!;
            Assert.Equal(await draw.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await File.ReadAllTextAsync(await kept.PathAsync(), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_dropped_folder_is_read_as_podwall_reads_it()
    {
        await using var visit = await OpenAsync("playground.html");
        await visit.Page.EvaluateAsync("""
            files => {
              const file = (path, text) => ({ isFile: true, isDirectory: false, name: path.split("/").pop(), fullPath: "/" + path, file: done => done(new File([text], path.split("/").pop())) });
              const folder = { isFile: false, isDirectory: true, name: "manifests", fullPath: "/manifests", createReader: () => {
                const parts = [files.map(([name, text]) => file("manifests/" + name, text)), []];
                return { readEntries: done => done(parts.shift()) };
              } };
              const event = new Event("drop", { cancelable: true });
              event.dataTransfer = { items: [{ webkitGetAsEntry: () => folder }] };
              dispatchEvent(event);
            }
            """, (string[][])[["b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c}]}\n"], ["notes.txt", "no: [yaml"], ["a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c}]}}\n- {apiVersion: v1, kind: Pod, metadata: {name: z}, spec: {containers: [{name: c}]}}\n"]]);
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("3 pods");
        Assert.Equal(["manifests/a.yaml", "manifests/b.yaml"], await visit.Page.Locator(".file-choice option").AllTextContentsAsync());
    }

    [Fact]
    public async Task What_is_shown_is_never_executed()
    {
        await using var visit = await OpenAsync(Link(
            [($"{Hostile.Evil}.yaml", Hostile.Cluster), ("policy.yaml", Hostile.Policy)],
            Hostile.Evil, "shop/db:80"));
        await Assertions.Expect(visit.Page.Locator(".panel .problem")).ToContainTextAsync("<img");
        await visit.Page.Locator(".ask label:has-text('From') input").FillAsync("shop/web");
        await visit.Page.Locator(".ask .primary").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        await Hostile.AssertNothingRanAsync(visit);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keep this version to compare" }).ClickAsync();
        foreach (var tab in (string[])["board", "matrix", "changes"])
        {
            await visit.Page.Locator($"#tab-{tab}").ClickAsync();
            await Assertions.Expect(visit.Page.Locator($"#panel[aria-labelledby=tab-{tab}]")).Not.ToContainTextAsync("…");
            await Hostile.AssertNothingRanAsync(visit);
        }

        await visit.Page.Locator("#tab-board").ClickAsync();
        foreach (var filter in (string[])["Labels", "Port", "Search", "Only around"])
        {
            await PutAsync(Filter(visit, filter), Hostile.Evil);
            await visit.Page.Locator(".panel .problem").WaitForAsync();
            await Hostile.AssertNothingRanAsync(visit);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
            await visit.Page.Locator(".board svg").First.WaitForAsync();
        }

        await visit.PutAsync(Hostile.Refused);
        await Assertions.Expect(visit.Page.Locator(".findings .error").First).ToContainTextAsync("<img");
        await Hostile.AssertNothingRanAsync(visit);
        await visit.PutAsync($"\"{Hostile.Evil}\": [");
        await Assertions.Expect(visit.Page.Locator(".findings .error")).ToHaveCountAsync(1);
        await Hostile.AssertNothingRanAsync(visit);
    }

    [Fact]
    public async Task Files_that_are_too_large_are_refused_in_words_and_the_page_goes_on()
    {
        await using var visit = await OpenAsync("playground.html");
        await visit.DropAsync("large.yaml", 40_000_000);
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("more than 32 MB");
        await visit.PutAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("0 pods");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_file_that_cannot_be_read_is_named_and_nothing_is_lost(bool isFound)
    {
        await using var visit = await OpenAsync("playground.html");
        var before = await visit.TextAsync();
        await visit.DropUnreadableAsync("team/notes.yaml", isFound);
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("team/notes.yaml cannot be read: It was moved away.");
        Assert.Equal(before, await visit.TextAsync());
    }

    [Fact]
    public async Task A_folder_is_opened_by_the_keyboard()
    {
        await using var visit = await OpenAsync("playground.html");
        // Pressed where it is: what has the focus may change while a page that was just loaded settles.
        var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Folder…" }).PressAsync("Enter"));
        await chooser.SetFilesAsync(Checkout.At("k8s", "tiers", "stack"));
        await Assertions.Expect(visit.Page.Locator(".file-choice option").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^stack/.+\\.yaml$"));
        var names = await visit.Page.Locator(".file-choice option").AllTextContentsAsync();
        Assert.Equal(Directory.EnumerateFiles(Checkout.At("k8s", "tiers", "stack"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Checkout.At("k8s", "tiers"), f)).Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task A_link_that_is_pasted_into_an_open_page_is_opened()
    {
        await using var visit = await OpenAsync("playground.html");
        await visit.PasteLinkAsync(Tiers);
        Assert.Contains(await visit.Page.Locator(".file-choice option").AllTextContentsAsync(), n => n.Contains("database", StringComparison.Ordinal));
        var link = Link([("shared.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")], "", "");
        await visit.PasteLinkAsync(link);
        Assert.Equal(["shared.yaml"], await visit.Page.Locator(".file-choice option").AllTextContentsAsync());
    }

    private static string Link((string Name, string Text)[] files, string from, string to)
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.DeflateStream deflate = new(packed, System.IO.Compression.CompressionLevel.Optimal))
            deflate.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { files = files.Select(f => new { name = f.Name, text = f.Text }), from, to })));
        return $"playground.html#p={Convert.ToBase64String(packed.ToArray()).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";
    }

    private async Task<Visit> OpenAsync(string page)
    {
        var visit = await chromium.VisitAsync(page);
        await visit.AwakeAsync();
        return visit;
    }

    private static ILocator Filter(Visit visit, string label) => visit.Page.Locator($".filters label:has-text('{label}') input").First;

    private static async Task PutAsync(ILocator field, string text)
    {
        await field.FillAsync(text);
        await field.BlurAsync();
    }
}
