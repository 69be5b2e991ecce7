using Microsoft.Playwright;
using Podwall.Tests;
using Podwall.Web.Guide;

namespace Podwall.BrowserTests;

/// <summary>What a reader of the guide does with it.</summary>
[Collection("one browser on a small machine")]
public sealed class ReaderTests(Chromium chromium)
{
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
        await Assertions.Expect(visit.Page.Locator("[role=status].unseen")).ToHaveTextAsync("Copied");
        Assert.Equal(await File.ReadAllTextAsync(Checkout.At("k8s/tiers/allow-dns/allow-dns.yaml"), TestContext.Current.CancellationToken), await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task A_long_chapter_is_folded_and_a_link_unfolds_what_it_leads_to()
    {
        await using var visit = await chromium.VisitAsync("guide/reference.html");
        Assert.InRange(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollHeight"), 1, 8_000);
        await Assertions.Expect(visit.Page.Locator("#reference-ports .board").First).Not.ToBeVisibleAsync();
        await visit.Page.Locator(".in-this-chapter a[href$='#reference-ports']").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#reference-ports .board").First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("#reference-protocols .board").First).Not.ToBeVisibleAsync();
        await visit.Page.Locator("#reference-protocols > .whole > summary").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#reference-protocols .board").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_address_that_is_none_of_the_page_s_stops_nothing()
    {
        await using var visit = await chromium.VisitAsync("guide/dns.html#%", new(Chromium.Fresh) { ServiceWorkers = ServiceWorkerPolicy.Allow });
        await visit.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
    }

    [Fact]
    public async Task Without_podwall_ui_the_page_of_a_cluster_says_how_to_start_it_and_has_nothing_to_type_into()
    {
        await using var visit = await chromium.VisitAsync("explorer.html");
        await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync("podwall ui --context NAME");
        await Assertions.Expect(visit.Page.Locator("main").Locator("podwall-editor, input, textarea, [contenteditable]")).ToHaveCountAsync(0);
        await visit.Page.Keyboard.TypeAsync("spec");
        await visit.DropAsync("policy.yaml", 10);
        Assert.Null(await visit.Page.EvaluateAsync<string?>("document.querySelector('script[src*=blazor]')?.src"));
        await visit.AssertAccessibleAsync("the page of a cluster");
        await visit.PictureAsync("cluster");
    }

    [Fact]
    public async Task The_picture_of_the_front_page_has_the_theme_of_the_page()
    {
        await using var visit = await chromium.VisitAsync("index.html", new() { ColorScheme = ColorScheme.Light });
        foreach (var theme in (string[])["light", "dark", "light"])
        {
            await Assertions.Expect(visit.Page.Locator($".screenshot .when-{theme}")).ToBeVisibleAsync();
            await Assertions.Expect(visit.Page.Locator(".screenshot img:visible")).ToHaveCountAsync(1);
            await visit.Page.Locator("[data-theme-switch]").ClickAsync();
        }
    }

    [Fact]
    public async Task A_scenario_that_names_another_one_leads_to_it()
    {
        await using var visit = await chromium.VisitAsync("guide/namespaces.html");
        await visit.Page.Locator("#namespaces-to-log-collector .about a").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#tiers-allow-dns")).ToBeVisibleAsync();
        Assert.EndsWith("guide/dns.html#tiers-allow-dns", visit.Page.Url);
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
        var commands = await section.Locator(".commands").Last.TextContentAsync();
        Assert.Contains("-n payments", commands);
        Assert.Contains("kubectl apply -f deny-from-other-namespaces.yaml", commands);
        Assert.DoesNotContain("k8s/", commands);
        await name.FillAsync("dev");
        await name.BlurAsync();
        await visit.Page.Locator(".switches .primary").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".switches .problem")).ToContainTextAsync("Two namespaces cannot have one name");
        await name.FillAsync("No Name");
        await name.BlurAsync();
        await visit.Page.Locator(".switches .primary").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".switches .problem")).ToContainTextAsync("'No Name'");
    }

    public static TheoryData<string> Pages => [.. Chapters.All.Select(c => c.Page), "index.html", "explorer.html", "playground.html"];

    [Theory, MemberData(nameof(Pages))]
    public async Task Nothing_moves_for_whoever_asked_for_that(string page)
    {
        await using var visit = await chromium.VisitAsync(page, new() { ReducedMotion = ReducedMotion.Reduce });
        if (page == "playground.html")
        {
            await visit.AwakeAsync();
            await visit.Page.EvaluateAsync("document.querySelector('podwall-editor').view.focus()");
            // The editor notices it a moment later, and only then would its cursor blink.
            await visit.Page.Locator(".cm-focused").WaitForAsync();
        }

        Assert.Empty(await visit.Page.EvaluateAsync<string[]>("""
            () => {
              const within = root => [...root.querySelectorAll("*")].flatMap(e => [e, ...e.shadowRoot ? within(e.shadowRoot) : []]);
              const moves = style => style.scrollBehavior !== "auto" || style.transitionDuration.split(",").some(d => parseFloat(d) > 0) || style.animationName !== "none";
              return within(document).filter(e => [null, "::before", "::after"].some(part => moves(getComputedStyle(e, part)))).map(e => `${e.tagName} ${e.className}`);
            }
            """));
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
        await using var visit = await chromium.VisitAsync("index.html", new(Chromium.Fresh) { ServiceWorkers = ServiceWorkerPolicy.Allow });
        await visit.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await visit.Page.WaitForFunctionAsync("navigator.serviceWorker.controller !== null");
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.GoAsync("playground.html");
        await visit.AwakeAsync();
        await visit.GoAsync("guide/reference.html");
        Assert.Equal("Reference", await visit.Page.Locator("h1").TextContentAsync());
    }
}
