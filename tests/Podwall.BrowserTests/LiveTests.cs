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
        await page.Locator("#tab-ask").ClickAsync();
        await page.Locator(".ask label:has-text('From') input").FillAsync("dev/shell");
        await page.Locator(".ask label:has-text('To') input").FillAsync("prod/web:80");
        await page.Locator(".ask .primary").ClickAsync();
        await Assertions.Expect(page.Locator(".panel .badge")).ToHaveTextAsync("Denied");
        await opened.Visit.PutAsync(Opening("prod"));
        await Assertions.Expect(page.Locator(".panel .badge")).ToHaveTextAsync("Allowed");
        await page.Locator("#tab-changes").ClickAsync();
        await Assertions.Expect(page.Locator(".changes")).ToContainTextAsync("dev/learner and 1 like it → prod/client and 1 like it");
        await opened.Visit.AssertAccessibleAsync("live");
        await opened.Visit.PictureAsync("live", whole: false);
        await page.ReloadAsync();
        await opened.Visit.AwakeAsync();
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
            var source = looking.Visit.Page.Locator(".source .muted");
            var before = await source.TextContentAsync();
            await looking.Visit.PutAsync(Opening("default"));
            await Assertions.Expect(looking.Visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Apply") })).ToHaveCountAsync(0);
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

    private static async Task<HttpStatusCode> StatusAsync(Uri root, string path, string token, Action<HttpRequestMessage> change)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(root, path)) { Content = new StringContent("{\"files\":[]}", Encoding.UTF8, "application/json") };
        if (token.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        change(request);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static string Opening(string ns) => $$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: opening, namespace: {{ns}}}
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
            return new(ui, visit);
        }
        catch
        {
            ui.Dispose();
            throw;
        }
    }

    private sealed record Opened(Running Program, Visit Visit) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Visit.DisposeAsync();
            Program.Dispose();
        }
    }
}
