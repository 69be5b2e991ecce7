using System.Text;
using Microsoft.Playwright;
using Podwall.Tests;
using Podwall.Web.Guide;

namespace Podwall.BrowserTests;

/// <summary>The playground: a text, and what it means.</summary>
[Collection("one browser on a small machine")]
public sealed class PlaygroundTests(Chromium chromium)
{
    private const string Two = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {containers: [{name: c, image: i}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: shop, labels: {app: db}}
        spec: {containers: [{name: c, image: i}]}

        """;

    private const string Closed = """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: db}}
          policyTypes: [Ingress]
          ingress:
          - from:
            - podSelector: {matchLabels: {app: api}}

        """;

    [Fact]
    public async Task It_opens_with_an_example_within_4_MB()
    {
        await using var visit = await chromium.VisitAsync("playground.html", Chromium.Fresh);
        await visit.AwakeAsync();
        // What the page asked for, as it came over the wire; the service worker keeps its own copies afterwards.
        var loaded = await visit.Page.EvaluateAsync<int>("[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')].reduce((sum, e) => sum + e.encodedBodySize, 0)");
        Assert.InRange(loaded, 500_000, 4_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{loaded:N0} bytes");
        await Assertions.Expect(visit.Page.Locator(".board svg").First).ToBeVisibleAsync();
        await visit.AssertAccessibleAsync("playground");
        await visit.PictureAsync("playground", whole: false);
    }

    [Fact]
    public async Task A_verdict_follows_the_edit_and_the_deciding_line_lights_up()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two);
        await AskAsync(visit, "shop/web", "shop/db:5432");
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Allowed");
        await visit.PutAsync(Two + Closed);
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        await Assertions.Expect(visit.Page.Locator(".cm-decided-deny")).ToContainTextAsync("podSelector: {matchLabels: {app: api}}");
        await Assertions.Expect(visit.Page.Locator(".remedy").First).ToContainTextAsync("app: web");
        await visit.AssertAccessibleAsync("ask");
        var picture = await visit.PictureAsync("ask", whole: false);
        // The front page and the README show this very picture: where its words change, it has to be taken again.
        var (words, golden) = (await visit.Page.EvaluateAsync<string>("document.querySelector('main').innerText"), Checkout.At("tests", "Podwall.BrowserTests", "explanation.txt"));
        if (Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(golden, words, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), words);
        if (Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllBytesAsync(Checkout.At("src/Podwall.Web/wwwroot/images/explanation.png"), picture, TestContext.Current.CancellationToken);
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await File.WriteAllBytesAsync(Checkout.At("src/Podwall.Web/wwwroot/images/explanation-dark.png"), await visit.PictureAsync("ask-dark", whole: false), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Broken_YAML_is_named_where_it_is_and_stays_as_it_was_typed()
    {
        await using var visit = await OpenAsync();
        const string Broken = "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n";
        await visit.PutAsync(Broken);
        await Assertions.Expect(visit.Page.Locator(".findings .error").First).ToContainTextAsync("example.yaml:4");
        await Assertions.Expect(visit.Page.Locator(".panel .problem")).ToContainTextAsync("Nothing was decided");
        Assert.Equal(Broken, await visit.TextAsync());
        await Assertions.Expect(visit.Page.Locator(".cm-lint-marker-error")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_shared_link_brings_the_files_and_the_question_back()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two + Closed);
        await AskAsync(visit, "shop/web", "shop/db:5432");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share link" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("The link is copied");
        var link = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("#p=", link);
        await using var friend = await chromium.VisitAsync(link[(link.IndexOf("playground", StringComparison.Ordinal))..]);
        await friend.AwakeAsync();
        await Assertions.Expect(friend.Page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        Assert.Equal(Two + Closed, await friend.TextAsync());
    }

    [Fact]
    public async Task A_damaged_link_says_so()
    {
        await using var visit = await chromium.VisitAsync("playground.html#p=AAAA");
        await visit.AwakeAsync();
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("The link is damaged");
    }

    [Fact]
    public async Task A_scenario_of_the_guide_opens_in_the_playground()
    {
        await using var visit = await chromium.VisitAsync("guide/dns.html");
        await visit.Page.Locator("summary:has-text('allow-dns.yaml')").First.ClickAsync();
        await visit.Page.Locator("[data-file$='allow-dns/allow-dns.yaml'] a.button").ClickAsync();
        await visit.AwakeAsync();
        Assert.Contains("name: allow-dns", await visit.TextAsync());
    }

    [Fact]
    public async Task Ten_megabytes_are_taken_without_a_pause_and_read_only_when_asked_for()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two + Closed);
        await AskAsync(visit, "shop/web", "shop/db:5432");
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        await visit.PutAsync(string.Concat(Enumerable.Repeat("# a comment of no meaning whatsoever\n", 280_000)));
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("MB of text");
        // What was shown was of another text.
        foreach (var tab in (string[])["ask", "board", "matrix", "changes"])
        {
            await visit.Page.Locator($"#tab-{tab}").ClickAsync();
            await Assertions.Expect(visit.Page.Locator($"#panel[aria-labelledby=tab-{tab}]")).ToHaveTextAsync("Nothing is shown, since this much text was not read.");
        }
        Assert.Equal(2, await visit.Page.EvaluateAsync<int>("1 + 1"));
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Read it anyway" })).ToBeVisibleAsync();
        await visit.PutAsync(Two + Closed);
        await visit.Page.Locator("#tab-ask").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
    }

    [Fact]
    public async Task Another_version_is_compared_with_and_travels_with_the_link()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two + Closed);
        var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Compare with a file…" }).ClickAsync());
        await chooser.SetFilesAsync(new FilePayload { Name = "old.yaml", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(Two) });
        await Assertions.Expect(visit.Page.Locator(".versions")).ToContainTextAsync("old.yaml in place of example.yaml");
        Assert.Equal(Two + Closed, await visit.TextAsync());
        await AssertChangedAsync(visit);
        await visit.AssertAccessibleAsync("what changed");
        await visit.PictureAsync("changes", whole: false);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share link" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("The link is copied");
        var link = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        await using var friend = await chromium.VisitAsync(link[link.IndexOf("playground", StringComparison.Ordinal)..]);
        await friend.AwakeAsync();
        await AssertChangedAsync(friend);

        static async Task AssertChangedAsync(Visit visit)
        {
            await visit.Page.Locator("#tab-changes").ClickAsync();
            await Assertions.Expect(visit.Page.Locator(".changes li").First).ToContainTextAsync("shop/web → shop/db");
            await Assertions.Expect(visit.Page.Locator(".changes li").First).ToContainTextAsync("− everything");
            await Assertions.Expect(visit.Page.Locator(".board .panel.before")).ToHaveCountAsync(1);
        }
    }

    [Fact]
    public async Task A_step_that_only_sets_labels_opens_with_them()
    {
        await using var visit = await chromium.VisitAsync("guide/namespaces.html");
        var links = visit.Page.Locator("#namespaces-label-namespaces .step a.button:has-text('Open this step')");
        Assert.Equal(3, await links.CountAsync());
        await links.Last.EvaluateAsync("link => link.click()");
        await visit.AwakeAsync();
        await visit.Page.Locator(".file-choice select").SelectOptionAsync("1");
        Assert.Contains("labels: {", await visit.TextAsync());
        var last = GuideScenario.Read("k8s/namespaces/label-namespaces").Steps[^1].State.Compiled;
        Assert.Equal(LabelledCluster.Of(GuideScenario.Read("k8s/namespaces/label-namespaces").Cluster.Text, last.Snapshot), await visit.TextAsync());
    }

    [Fact]
    public async Task A_remedy_is_copied_as_it_stands()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two + Closed);
        await AskAsync(visit, "shop/web", "shop/db:5432");
        await visit.Page.Locator(".remedy [data-copy]").First.ClickAsync();
        var copied = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Equal(await visit.Page.Locator(".remedy code").First.TextContentAsync(), copied);
        Assert.Contains("app: web", copied);
        await Assertions.Expect(visit.Page.Locator(".remedy h4").Last).ToHaveTextAsync("Another change that allows it");
        await Assertions.Expect(visit.Page.Locator("#panel")).Not.ToContainTextAsync("->");
    }

    [Fact]
    public async Task Five_thousand_pods_are_worked_on_beside_the_page_and_drawn_together_with_their_number()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Many(5_000) + Closed);
        var status = visit.Page.Locator(".status");
        await Assertions.Expect(status).ToContainTextAsync("beside the page");
        // The page answers while the worker reads: a key press and a click are seen before the reading ends.
        await visit.Page.EvaluateAsync("document.querySelector('podwall-editor').view.focus()");
        await visit.Page.Keyboard.TypeAsync("# ");
        await visit.Page.Locator("#tab-ask").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".ask")).ToBeVisibleAsync();
        await Assertions.Expect(status).ToContainTextAsync("beside the page");
        await Assertions.Expect(status).ToContainTextAsync("5000 pods");
        Assert.EndsWith(Many(5_000) + Closed, await visit.TextAsync());
        await AskAsync(visit, "shop/p1", "shop/p2:80");
        await Assertions.Expect(visit.Page.Locator(".panel .badge")).ToHaveTextAsync("Allowed");
        await visit.Page.Locator("#tab-board").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".board svg").First).ToContainTextAsync("5000");
        // Back to what the page reads itself.
        await visit.PutAsync(Two);
        await Assertions.Expect(status).ToContainTextAsync("2 pods");
    }

    [Fact]
    public async Task Reading_beside_the_page_can_be_stopped_and_the_text_stays()
    {
        await using var visit = await OpenAsync();
        var text = Many(5_000);
        await visit.PutAsync(text);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("Stopped.");
        Assert.Equal(text, await visit.TextAsync());
        // A small text overtakes a large one that is still being read.
        await visit.PutAsync(text + Closed);
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("beside the page");
        await visit.PutAsync(Two);
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("2 pods");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true })).ToHaveCountAsync(0);
    }

    private static string Many(int pods)
    {
        StringBuilder many = new("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        for (var i = 0; i < pods; i++)
            many.Append($"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}, namespace: shop, labels: {{app: a{i % 3}}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n");
        return many.ToString();
    }

    [Fact]
    public async Task Matrix_and_changes_are_one_tab_away_and_arrow_keys_move_between_tabs()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keep this version to compare" }).ClickAsync();
        await visit.PutAsync(Two + Closed);
        await visit.Page.Locator("#tab-board").FocusAsync();
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        // The world outside is one row and one column.
        await Assertions.Expect(visit.Page.Locator(".matrix tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(visit.Page.Locator(".matrix td.none")).ToHaveCountAsync(2);
        // Whoever hears the table hears names, and what a cell says in full.
        await Assertions.Expect(visit.Page.Locator(".matrix thead th").Nth(1)).ToContainTextAsync("shop/web");
        await Assertions.Expect(visit.Page.Locator(".matrix td.none").First).ToContainTextAsync("nothing");
        await visit.Page.Locator("label:has-text('Columns by') select").SelectOptionAsync("label:app");
        await Assertions.Expect(visit.Page.Locator(".matrix thead th")).ToHaveTextAsync((string[])["app=db", "app=web", "outside"]);
        await visit.Page.Locator("label:has-text('Columns by') select").SelectOptionAsync("");
        await Assertions.Expect(visit.Page.Locator(".matrix thead th").First).ToHaveTextAsync("shop/db");
        await visit.AssertAccessibleAsync("matrix");
        await visit.PictureAsync("matrix", whole: false);
        await visit.PutAsync(Two + Closed + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: far, namespace: other}\nspec: {containers: [{name: c, image: i}]}\n");
        await Assertions.Expect(visit.Page.Locator(".matrix tbody tr")).ToHaveCountAsync(4);
        await visit.Page.Locator(".filters select:has(option[value=shop])").SelectOptionAsync("shop");
        await Assertions.Expect(visit.Page.Locator(".matrix tbody tr")).ToHaveCountAsync(3);
        await visit.Page.Locator("#tab-matrix").FocusAsync();
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(visit.Page.Locator(".changes li").First).ToContainTextAsync("everything");
    }

    [Fact]
    public async Task One_pod_can_be_looked_at_alone()
    {
        await using var visit = await OpenAsync();
        await visit.PutAsync(Two + Closed);
        var around = visit.Page.Locator("label:has-text('Only around') input");
        await around.FillAsync("shop/none");
        await around.BlurAsync();
        await Assertions.Expect(visit.Page.Locator(".panel .problem")).ToContainTextAsync("Nothing in namespace shop is called none");
        await around.FillAsync("shop/db");
        await around.BlurAsync();
        await Assertions.Expect(visit.Page.Locator(".board svg").First).ToContainTextAsync("db");
    }

    [Fact]
    public async Task It_fits_360_pixels_and_2560()
    {
        await using var visit = await chromium.VisitAsync("playground.html", new() { ViewportSize = new() { Width = 360, Height = 900 }, ColorScheme = ColorScheme.Dark });
        await visit.AwakeAsync();
        foreach (var width in (int[])[360, 2560])
        {
            await visit.Page.SetViewportSizeAsync(width, 900);
            await visit.Page.WaitForFunctionAsync("width => document.documentElement.scrollWidth <= width", width);
            await visit.AssertAccessibleAsync($"playground, dark, {width}");
            await visit.PictureAsync($"playground-{width}");
        }
    }

    private async Task<Visit> OpenAsync()
    {
        var visit = await chromium.VisitAsync("playground.html");
        await visit.AwakeAsync();
        return visit;
    }

    private static async Task AskAsync(Visit visit, string from, string to)
    {
        await visit.Page.Locator("#tab-ask").ClickAsync();
        await visit.Page.Locator(".ask label:has-text('From') input").FillAsync(from);
        await visit.Page.Locator(".ask label:has-text('To') input").FillAsync(to);
        await visit.Page.Locator(".ask .primary").ClickAsync();
    }
}
