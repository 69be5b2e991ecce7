using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary><c>podwall ui</c>: what its page shows, and whom its server answers.</summary>
[Collection("one browser on a small machine")]
public sealed class LiveTests(Chromium chromium)
{
    private static readonly string[] Security = ["-f", Checkout.At("k8s", "labs", "security", "deny-from-other-namespaces.yaml"), "-f", Checkout.At("k8s", "labs", "security", "scenario", "cluster.yaml")];

    [Fact]
    public async Task Manifests_are_shown_and_asked_about_and_a_proposal_is_judged_on_top_of_them()
    {
        await using var opened = await OpenAsync(Security);
        var page = opened.Visit.Page;
        await Assertions.Expect(page.Locator(".board svg").First).ToContainTextAsync("prod");
        Assert.DoesNotContain("token", page.Url);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Manifests");
        await Assertions.Expect(page.Locator(".source")).ToHaveTextAsync("7 pods, 1 policy");
        await opened.Visit.PictureAsync("live-board", whole: false);
        await page.Locator("#tab-ask").ClickAsync();
        await page.Locator(".ask label:has-text('From') input").FillAsync("dev/shell");
        await page.Locator(".ask label:has-text('To') input").FillAsync("prod/web:80");
        await page.Locator(".ask .primary").ClickAsync();
        await Assertions.Expect(page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        // The file is not in the editor, so that its line can be named and not shown.
        await Assertions.Expect(page.Locator(".panel span.place-link")).ToContainTextAsync("deny-from-other-namespaces.yaml:14");
        await Assertions.Expect(page.Locator(".panel button.place-link")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".cm-decided-deny")).ToHaveCountAsync(0);
        await opened.Visit.PutAsync(Opening("prod"));
        await Assertions.Expect(page.Locator(".panel .badge")).ToHaveTextAsync("Allowed");
        await Assertions.Expect(page.Locator(".panel button.place-link")).ToContainTextAsync("proposal.yaml");
        await Assertions.Expect(page.Locator(".cm-decided-allow")).ToHaveCountAsync(1);
        // What is proposed is not there yet.
        await Assertions.Expect(page.Locator(".source")).ToHaveTextAsync("7 pods, 1 policy; 1 proposed");
        await page.Locator("#tab-changes").ClickAsync();
        await Assertions.Expect(page.Locator(".changes")).ToContainTextAsync("dev/learner and 1 like it → prod/client and 1 like it");
        await Assertions.Expect(page.Locator(".board .panel.before")).ToHaveCountAsync(1);
        await opened.Visit.AssertAccessibleAsync("live");
        await opened.Visit.PictureAsync("live", whole: false);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(360, 800);
        await opened.Visit.AssertAccessibleAsync("live, dark, 360");
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 360);
        await opened.Visit.PictureAsync("live-360");
        await opened.Visit.DropAsync("large.yaml", 40_000_000);
        await Assertions.Expect(page.Locator(".status")).ToContainTextAsync("more than 32 MB");
        await page.ReloadAsync();
        await opened.Visit.AwakeAsync();
    }

    [Fact]
    public async Task A_server_that_has_gone_is_told_of_and_nothing_throws()
    {
        await using var opened = await OpenAsync(Security);
        var page = opened.Visit.Page;
        await page.Locator(".board svg").First.WaitForAsync();
        opened.Visit.Foreseen = "net::ERR_";
        opened.Program.Stop();
        await page.Locator("#tab-matrix").ClickAsync();
        await Assertions.Expect(page.Locator("[role=alert]")).ToContainTextAsync("podwall ui does not answer");
        await Assertions.Expect(page.Locator("#panel")).ToContainTextAsync("There was no answer.");
        await page.Locator("#tab-board").ClickAsync();
        await page.Locator("[data-fact] summary").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "SVG", Exact = true }).ClickAsync();
        await page.Locator(".filters label:has-text('Search') input").FillAsync("web");
        await page.Locator(".filters label:has-text('Search') input").BlurAsync();
        await Assertions.Expect(page.Locator("[role=alert]")).ToContainTextAsync("podwall ui does not answer");
        await opened.Visit.PutAsync(Opening("prod"));
        await Assertions.Expect(page.Locator("[role=alert]")).ToContainTextAsync("podwall ui does not answer");
    }

    [Fact]
    public async Task Hostile_manifests_are_shown_and_never_executed()
    {
        var folder = Directory.CreateTempSubdirectory("podwall-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "<img src=x onerror='hit=1'>.yaml"), Hostile.Cluster, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "policy.yaml"), Hostile.Policy, TestContext.Current.CancellationToken);
            await using var opened = await OpenAsync("-f", folder);
            var page = opened.Visit.Page;
            await page.Locator(".board svg").First.WaitForAsync();
            await Hostile.AssertNothingRanAsync(opened.Visit);
            await page.Locator("#tab-ask").ClickAsync();
            foreach (var (from, outcome) in (ValueTuple<string, string>[])[(Hostile.Evil, ".panel .problem"), ("shop/web", ".panel .badge")])
            {
                await page.Locator(".ask label:has-text('From') input").FillAsync(from);
                await page.Locator(".ask label:has-text('To') input").FillAsync("shop/db:80");
                await page.Locator(".ask .primary").ClickAsync();
                await page.Locator(outcome).First.WaitForAsync();
                await Hostile.AssertNothingRanAsync(opened.Visit);
            }

            await opened.Visit.PutAsync(Hostile.Policy);
            foreach (var tab in (string[])["matrix", "changes", "board"])
            {
                await page.Locator($"#tab-{tab}").ClickAsync();
                await Assertions.Expect(page.Locator($"#panel[aria-labelledby=tab-{tab}]")).Not.ToContainTextAsync("…");
                await Hostile.AssertNothingRanAsync(opened.Visit);
            }

            await opened.Visit.PutAsync(Hostile.Refused);
            await Assertions.Expect(page.Locator(".findings .error").First).ToContainTextAsync("<img");
            await Hostile.AssertNothingRanAsync(opened.Visit);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_token_that_is_pasted_into_an_open_page_is_taken_and_the_header_is_the_policy_of_the_page()
    {
        var (ui, line) = await Running.StartAsync("http", ["ui", .. Security]);
        using (ui)
        {
            var address = new Uri(line).GetLeftPart(UriPartial.Authority);
            await using var visit = await chromium.VisitAsync("explorer.html", address: address);
            await Assertions.Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Your own cluster");
            await visit.Page.EvaluateAsync("address => { location.href = address; }", line);
            await Assertions.Expect(visit.Page.Locator(".board svg").First).ToContainTextAsync("prod");
            var header = (await visit.Page.ReloadAsync())!.Headers["content-security-policy"];
            var page = await visit.Page.Locator("meta[http-equiv=Content-Security-Policy]").GetAttributeAsync("content");
            Assert.Equal($"{page}; frame-ancestors 'none'", header);
            await visit.AwakeAsync();
        }
    }

    [Fact]
    public async Task A_cluster_is_followed_and_changed_only_where_that_was_allowed()
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"podwall-{Guid.NewGuid():N}");
        var (lab, _) = await Running.StartAsync("serving", "lab", "simulate", "--pods", "40", "--nodes", "2", "--policies", "8", "--write-kubeconfig", kubeconfig);
        using (lab)
        {
            await using var looking = await OpenAsync("--kubeconfig", kubeconfig);
            await using var changing = await OpenAsync("--kubeconfig", kubeconfig, "--allow-apply");
            var source = looking.Visit.Page.Locator(".source");
            var before = await source.TextContentAsync();
            await looking.Visit.PutAsync(Opening("default"));
            await Assertions.Expect(looking.Visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Apply") })).ToHaveCountAsync(0);
            // A proposal is judged on top of the live cluster, what is no policy is named, and nothing can be applied.
            await looking.Visit.PutAsync(Opening("default") + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: more}\nspec: {containers: [{name: c}]}\n");
            await Assertions.Expect(source).ToHaveTextAsync($"{before}; 1 proposed");
            await Assertions.Expect(looking.Visit.Page.Locator(".editing [role=status]")).ToHaveTextAsync("Left out, since only policies can be tried here: 1 Pod.");
            await looking.Visit.Page.Locator("#tab-changes").ClickAsync();
            await Assertions.Expect(looking.Visit.Page.Locator("#panel .changes, #panel [role=status]").First).ToBeVisibleAsync();
            var (status, said) = await AskAsync(looking.Address, "api/apply", looking.Token, r => r.Content = Body(Opening("default")));
            await looking.Visit.Page.Locator("#tab-board").ClickAsync();
            Assert.Equal((HttpStatusCode.Forbidden, true), (status, said.Contains("--allow-apply", StringComparison.Ordinal)));
            await looking.Visit.PutAsync("");
            await Assertions.Expect(source).ToHaveTextAsync(before!);
            await changing.Visit.PutAsync(Opening("default"));
            await changing.Visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Apply") }).ClickAsync();
            await Assertions.Expect(changing.Visit.Page.Locator(".changes li").First).ToContainTextAsync("default/opening is in force");
            // The other page hears of it from the cluster.
            await Assertions.Expect(source).Not.ToHaveTextAsync(before!);
            lab.Stop();
            await Assertions.Expect(looking.Visit.Page.Locator("[role=alert]")).ToContainTextAsync("as it was last seen");
            await Assertions.Expect(looking.Visit.Page.Locator(".board svg").First).ToBeVisibleAsync();
        }

        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task The_server_answers_its_own_page_only()
    {
        var (ui, line) = await Running.StartAsync("http", ["ui", .. Security]);
        using (ui)
        {
            var (address, token) = (new Uri(line[..line.IndexOf('#')]), line[(line.IndexOf("token=", StringComparison.Ordinal) + 6)..]);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "api/overview", token, _ => { }));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(address, "api/overview", "", _ => { }));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(address, "api/overview", token[1..] + "0", _ => { }));
            Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(address, "api/overview", token, r => r.Headers.Host = "attacker.example"));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(address, "api/overview", token, r => r.Headers.Add("Origin", "http://attacker.example")));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(address, "api/overview", token, r => r.Headers.Add("Sec-Fetch-Site", "cross-site")));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(address, "api/apply", token, _ => { }));
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(address, "api/ask", token, r => r.Content = new StringContent("{")));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(address, "api/none", token, _ => { }));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(address, "index.html", token, _ => { }));
        }
    }

    [Fact]
    public async Task While_somebody_types_only_the_last_text_counts_and_each_proposal_waits_for_the_one_before()
    {
        await using var opened = await OpenAsync(Security);
        var page = opened.Visit.Page;
        await page.Locator(".board svg").First.WaitForAsync();
        TaskCompletionSource asked = new(), go = new();
        List<string> told = [];
        await page.RouteAsync("**/api/overview", async route =>
        {
            told.Add(route.Request.PostData ?? "");
            asked.TrySetResult();
            await go.Task;
            await route.ContinueAsync();
        });
        await opened.Visit.PutAsync(Opening("prod", "first"));
        await asked.Task;
        foreach (var name in (string[])["second", "third", "last"])
        {
            await opened.Visit.PutAsync(Opening("prod", name));
            await page.EvaluateAsync("import('./js/explorer.js').then(m => { m.edited(); })");
        }

        Assert.Single(told);
        go.SetResult();
        await page.Locator("#tab-ask").ClickAsync();
        await page.Locator(".ask label:has-text('From') input").FillAsync("dev/shell");
        await page.Locator(".ask label:has-text('To') input").FillAsync("prod/web:80");
        await page.Locator(".ask .primary").ClickAsync();
        await Assertions.Expect(page.Locator("#panel")).ToContainTextAsync("of last");
        Assert.All(told.Skip(1), t => Assert.Contains("name: last", t));
    }

    [Fact]
    public async Task A_proposal_that_is_too_large_is_not_told_and_one_that_is_forgotten_is_told_of()
    {
        await using var opened = await OpenAsync(Security);
        var page = opened.Visit.Page;
        await opened.Visit.PutAsync(Opening("prod") + new string('#', 4_000_001));
        await Assertions.Expect(page.Locator(".editing [role=status]")).ToContainTextAsync("4.0 MB are too much for a proposal");
        await Assertions.Expect(page.Locator(".source")).ToHaveTextAsync("7 pods, 1 policy");
        await opened.Visit.PutAsync(Opening("prod"));
        await Assertions.Expect(page.Locator(".source")).ToHaveTextAsync("7 pods, 1 policy; 1 proposed");
        opened.Visit.Foreseen = "410";
        for (var other = 0; other < 64; other++)
            await AskAsync(opened.Address, "api/overview", opened.Token, r =>
            {
                r.Headers.Add("X-Podwall-Tab", $"{other}");
                r.Content = Body(Opening("prod"));
            });
        await page.Locator("#tab-matrix").ClickAsync();
        await Assertions.Expect(page.Locator("[role=alert]")).ToContainTextAsync("is forgotten");
        await opened.Visit.PutAsync(Opening("prod", "again"));
        await Assertions.Expect(page.Locator("[role=alert]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".matrix")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task More_than_the_server_takes_is_refused_by_its_size()
    {
        var (ui, line) = await Running.StartAsync("http", ["ui", .. Security]);
        using (ui)
        {
            var (status, said) = await AskAsync(new Uri(line[..line.IndexOf('#')]), "api/overview", line[(line.IndexOf("token=", StringComparison.Ordinal) + 6)..], r =>
            {
                r.Headers.ExpectContinue = true;
                r.Content = Body(new string('#', 33 * 1024 * 1024));
            });
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
            Assert.Contains("more than 32 MB", said);
        }
    }

    private static StringContent Body(string proposal) =>
        new(System.Text.Json.JsonSerializer.Serialize(new { files = new[] { new { name = "proposal.yaml", text = proposal } } }), Encoding.UTF8, "application/json");

    private static async Task<HttpStatusCode> StatusAsync(Uri root, string path, string token, Action<HttpRequestMessage> change) => (await AskAsync(root, path, token, change)).Status;

    private static async Task<(HttpStatusCode Status, string Said)> AskAsync(Uri root, string path, string token, Action<HttpRequestMessage> change)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(root, path)) { Content = new StringContent("{\"files\":[]}", Encoding.UTF8, "application/json") };
        if (token.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        change(request);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Opening(string ns, string name = "opening") => $$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: {{name}}, namespace: {{ns}}}
        spec:
          podSelector: {}
          ingress:
          - from:
            - namespaceSelector: {}

        """;

    private async Task<Opened> OpenAsync(params string[] arguments)
    {
        var (ui, line) = await Running.StartAsync("http", ["ui", .. arguments]);
        try
        {
            var address = new Uri(line).GetLeftPart(UriPartial.Authority);
            var visit = await chromium.VisitAsync(line[(address.Length + 1)..], address: address);
            await visit.AwakeAsync();
            return new(ui, visit, new(address), line[(line.IndexOf("token=", StringComparison.Ordinal) + 6)..]);
        }
        catch
        {
            ui.Dispose();
            throw;
        }
    }

    private sealed record Opened(Running Program, Visit Visit, Uri Address, string Token) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Visit.DisposeAsync();
            Program.Dispose();
        }
    }
}
