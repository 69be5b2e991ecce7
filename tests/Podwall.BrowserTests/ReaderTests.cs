using Microsoft.Playwright;
using Podwall.Tests;

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
