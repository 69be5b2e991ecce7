using Microsoft.Playwright;
using Podwall.Drawing;
using Podwall.Drawing.Text;
using Podwall.Kubernetes;
using Podwall.Tests;
using Podwall.Web.Guide;

namespace Podwall.BrowserTests;

/// <summary>The guide, chapter by chapter, as a reader sees it.</summary>
[Collection("one browser on a small machine")]
public sealed class GuideTests(Chromium chromium)
{
    public static TheoryData<string> Pages => [.. Chapters.All.Select(c => c.Page), "index.html"];

    public static TheoryData<string> ChapterPages => [.. Chapters.All.Where(c => c.Scenarios.Count > 0).Select(c => c.Slug)];

    [Fact]
    public void Every_scenario_has_its_place_in_one_chapter() =>
        Assert.Equal(ScenarioFiles.Scenarios.Order(StringComparer.Ordinal), Chapters.All.SelectMany(c => c.Scenarios).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_has_no_serious_fault_of_accessibility_light_or_dark(string page)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var visit = await chromium.VisitAsync(page, new() { ColorScheme = scheme, ViewportSize = new() { Width = 1280, Height = 900 } });
            await visit.AssertAccessibleAsync($"{page}, {scheme}");
            await visit.PictureAsync($"{page.Replace('/', '-')}-{scheme}");
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_fits_a_screen_of_360_pixels_and_one_of_2560(string page)
    {
        foreach (var width in (int[])[360, 2560])
        {
            await using var visit = await chromium.VisitAsync(page, new() { ViewportSize = new() { Width = width, Height = 800 } });
            Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{page} is wider than {width}");
            await visit.PictureAsync($"{page.Replace('/', '-')}-{width}", whole: width < 1000);
        }
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task The_YAML_on_the_page_is_the_file(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        var shown = await visit.Page.EvaluateAsync<string[][]>("[...document.querySelectorAll('[data-file]')].map(f => [f.dataset.file, [...f.querySelectorAll('.line')].map(l => l.textContent).join('')])");
        foreach (var file in shown)
            Assert.Equal(await File.ReadAllTextAsync(Checkout.At(file[0]), TestContext.Current.CancellationToken), file[1]);
        var expected = chapter.Scenarios.SelectMany(s => ScenarioFiles.In(s)).Where(f => !f.EndsWith("/expected.yaml", StringComparison.Ordinal));
        Assert.Subset(shown.Select(f => f[0]).ToHashSet(), expected.ToHashSet());
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task The_pictures_say_what_the_engine_says_of_the_files_on_the_disk(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        foreach (var folder in chapter.Scenarios)
        {
            var scenario = GuideScenario.Read(folder);
            var facts = await visit.Page.EvaluateAsync<string[][]>("id => [...document.getElementById(id).querySelectorAll('[data-board]')].map(b => [...b.querySelectorAll('[data-fact]')].map(f => (f.querySelector('summary') ?? f).textContent.trim()))", scenario.Anchor);
            var arrows = await visit.Page.EvaluateAsync<int[]>("id => [...document.getElementById(id).querySelectorAll('[data-board]')].map(b => new Set([...b.querySelectorAll('.wide [data-connection]')].map(c => c.dataset.connection)).size)", scenario.Anchor);
            var steps = scenario.Steps.Where(s => s.Changes || scenario.Steps.Count == 1).ToArray();
            Assert.Equal(steps.Length, facts.Length);
            foreach (var (step, index) in steps.Select((s, i) => (s, i)))
            {
                var now = Compile(folder, step);
                var board = step.Before is { } before ? Board.Between(Compile(folder, before), now) : Board.Of(now);
                Assert.Equal(board.Connections.Select(c => BoardText.Of(board, c)), facts[index]);
                Assert.True(arrows[index] <= board.Connections.Count);
            }
        }
    }

    // The labels of a step are in its snapshot; policies and pods are read from the disk again.
    private static Podwall.Policy.Compiled Compile(string folder, GuideStep step)
    {
        var read = ManifestReader.Read(step.Policies.Select(p => p.Path).Append("scenario/cluster.yaml").Select(p => (p, File.ReadAllText(Checkout.At(folder, p)))));
        var labelled = read.Snapshot.Namespaces.Select(n => step.State.Compiled.Snapshot.Find(n.Name) is { } shown ? n.With(labels: shown.Labels, pods: n.Pods.Select(p => p with { Labels = shown.Find(p.Id)!.Labels })) : n);
        return Podwall.Policy.Compiled.Compile(new(labelled, read.Snapshot.Nodes));
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task Questions_are_answered_as_the_expectations_say(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        foreach (var quiz in await visit.Page.Locator("[data-quiz]").AllAsync())
        {
            var right = await quiz.GetAttributeAsync("data-quiz");
            await quiz.Locator($"[data-guess={right}]").ClickAsync();
            await Assertions.Expect(quiz.Locator(".outcome")).ToHaveTextAsync("Right.");
            await quiz.Locator($"[data-guess={(right == "allowed" ? "denied" : "allowed")}]").ClickAsync();
            await Assertions.Expect(quiz.Locator(".outcome")).ToHaveTextAsync($"No: it is {right}.");
            Assert.Equal(right, (await quiz.Locator(".badge").First.TextContentAsync())!.ToLowerInvariant());
        }

        foreach (var folder in chapter.Scenarios)
            if (GuideScenario.Read(folder).Steps.LastOrDefault(s => s.Policies.Count > 0) is { } last)
                Assert.NotEmpty(QuizQuestion.Of(last));
    }

    [Fact]
    public async Task An_arrow_opens_its_reason_and_the_reason_leads_to_the_line()
    {
        await using var visit = await chromium.VisitAsync("index.html");
        var figure = visit.Page.Locator("[data-board]").First;
        await figure.Locator(".picture.wide .panel.after [data-connection='1'] text").First.ClickAsync();
        var fact = figure.Locator("[data-fact='1']");
        await Assertions.Expect(fact.Locator(".answer").Last).ToBeVisibleAsync();
        Assert.Equal("Denied", await fact.Locator(".badge").Last.TextContentAsync());
        await fact.Locator("a.place-link").Last.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".line.pointed")).ToBeVisibleAsync();
        Assert.Contains("podSelector: {}", await visit.Page.Locator(".line.pointed").TextContentAsync());
    }

    [Fact]
    public async Task Copy_puts_the_file_into_the_clipboard()
    {
        await using var visit = await chromium.VisitAsync("guide/dns.html");
        await visit.Page.Locator("summary:has-text('allow-dns.yaml')").First.ClickAsync();
        await visit.Page.Locator("[data-file$='allow-dns/allow-dns.yaml'] [data-copy]").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-done]")).ToHaveTextAsync("Copied");
        Assert.Equal(await File.ReadAllTextAsync(Checkout.At("k8s/tiers/allow-dns/allow-dns.yaml"), TestContext.Current.CancellationToken), await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task The_guide_reads_without_script()
    {
        await using var visit = await chromium.VisitAsync("guide/dns.html", new() { JavaScriptEnabled = false });
        await visit.Page.Locator("summary:has-text('allow-dns.yaml')").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-file$='allow-dns/allow-dns.yaml'] pre")).ToContainTextAsync("kubernetes.io/metadata.name: kube-system");
        await visit.Page.Locator("[data-fact] summary").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-fact] .answer").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_theme_can_be_switched_and_is_kept()
    {
        await using var visit = await chromium.VisitAsync("index.html", new() { ColorScheme = ColorScheme.Light });
        var light = await Background(visit);
        await visit.Page.Locator("[data-theme-switch]").ClickAsync();
        var dark = await Background(visit);
        Assert.NotEqual(light, dark);
        await visit.GoAsync("guide/tiers.html");
        Assert.Equal(dark, await Background(visit));

        static Task<string> Background(Visit visit) => visit.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
    }

    [Fact]
    public async Task A_keyboard_is_enough()
    {
        await using var visit = await chromium.VisitAsync("index.html");
        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await visit.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await visit.Page.Locator("[data-fact='0'] summary").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("[data-fact='0'] .answer").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Other_names_rewrite_files_commands_and_pictures_together()
    {
        await using var visit = await chromium.VisitAsync("guide/what.html");
        await visit.Page.Locator("#labs-security [data-island]").ClickAsync();
        var name = visit.Page.Locator("label:has-text('namespace prod') input");
        await name.FillAsync("payments");
        await name.BlurAsync();
        await visit.Page.Locator(".switches .primary").ClickAsync();
        var section = visit.Page.Locator("#labs-security");
        await Assertions.Expect(section.Locator(".board").Last).ToContainTextAsync("payments");
        var yaml = await section.Locator("[data-file$='/deny-from-other-namespaces.yaml']").First.TextContentAsync();
        Assert.Contains("namespace: payments", yaml);
        Assert.DoesNotContain("namespace: prod", yaml);
        Assert.Contains("-n payments", await section.Locator(".commands").Last.TextContentAsync());
        await name.FillAsync("No Name");
        await name.BlurAsync();
        await visit.Page.Locator(".switches .primary").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".switches .problem")).ToContainTextAsync("'No Name'");
    }

    [Fact]
    public async Task Nothing_moves_for_whoever_asked_for_that()
    {
        await using var visit = await chromium.VisitAsync("index.html", new() { ReducedMotion = ReducedMotion.Reduce });
        Assert.True(await visit.Page.EvaluateAsync<bool>("[document.documentElement, ...document.querySelectorAll('*')].map(e => getComputedStyle(e)).every(s => s.scrollBehavior === 'auto' && parseFloat(s.transitionDuration) === 0 && s.animationName === 'none')"));
    }

    [Fact]
    public async Task The_policy_of_the_pages_is_the_one_that_is_written_down()
    {
        await using var visit = await chromium.VisitAsync("playground.html");
        var policy = await visit.Page.EvaluateAsync<string>("document.querySelector('meta[http-equiv=Content-Security-Policy]').content");
        var page = await File.ReadAllTextAsync(Checkout.At("docs", "web.md"), TestContext.Current.CancellationToken);
        Assert.Equal(
            policy.Split(';', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal),
            System.Text.RegularExpressions.Regex.Matches(page, "(?<=`)(?:default|script|style|img|connect|manifest|worker)-src [^`]+|(?<=`)(?:base-uri|form-action) [^`]+").Select(m => m.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task After_a_first_visit_no_network_is_needed()
    {
        await using var visit = await chromium.VisitAsync("index.html");
        await visit.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await visit.Page.WaitForFunctionAsync("navigator.serviceWorker.controller !== null");
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.GoAsync("playground.html");
        await visit.AwakeAsync();
        await visit.GoAsync("guide/reference.html");
        Assert.Equal("Reference", await visit.Page.Locator("h1").TextContentAsync());
    }
}
