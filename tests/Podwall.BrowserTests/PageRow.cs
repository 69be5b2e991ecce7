using Microsoft.Playwright;
using Podwall.Benchmarks.Measuring;
using Podwall.Tests;

namespace Podwall.BrowserTests;

/// <summary>The row <c>page</c> of the benchmarks, which needs a browser: <c>bench/run page</c> runs it, and no test run does.</summary>
public sealed class PageRow(Chromium chromium)
{
    private const int Loads = 5;
    private const int Edits = 20;

    private static BrowserNewContextOptions AsAnybody => new(Chromium.Fresh) { ServiceWorkers = ServiceWorkerPolicy.Allow };

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        RowReport report = new("page", "the playground in a browser");
        await LoadAsync(report);
        await EditAsync(report);
        await PasteAsync(report);
        report.Note("Chromium without a window, each load in a profile of its own; the server is on the same machine. Times are the page's own: a load from its navigation, with the board of the example drawn; a verdict from the edit to the changed text on the screen.");
        report.Save(Checkout.At("bench", "results"), TimeProvider.System.GetUtcNow(), isPreliminary: Environment.GetEnvironmentVariable("PODWALL_PRELIMINARY") == "1");
    }

    private async Task LoadAsync(RowReport report)
    {
        List<TimeSpan> ready = [];
        var bytes = 0;
        for (var i = 0; i < Loads; i++)
        {
            await using var visit = await chromium.VisitAsync("playground.html", AsAnybody);
            await visit.AwakeAsync();
            ready.Add(TimeSpan.FromMilliseconds(await visit.Page.EvaluateAsync<double>("performance.getEntriesByName('engine-ready')[0].startTime")));
            bytes = await visit.Page.EvaluateAsync<int>("[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')].reduce((sum, e) => sum + e.encodedBodySize, 0)");
        }

        Timing timing = new(ready);
        report.Add("cold load in a new profile, from the navigation until the engine is ready", Said(timing, Loads), "", "< 5 s", timing.Median.TotalSeconds < 5);
        report.Add("first load, as it came over the wire", $"{bytes / 1e6:0.00} MB", "", "< 4 MB", bytes < 4_000_000);
    }

    private async Task EditAsync(RowReport report)
    {
        await using var visit = await chromium.VisitAsync("playground.html", AsAnybody);
        await visit.AwakeAsync();
        await visit.PutAsync(Cluster(200) + Policy(8080));
        await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("200 pods");
        await visit.Page.Locator("#tab-ask").ClickAsync();
        await visit.Page.Locator(".ask label:has-text('From') input").FillAsync("ns1/p1");
        await visit.Page.Locator(".ask label:has-text('To') input").FillAsync("ns0/p0:8080");
        await visit.Page.Locator(".ask .primary").ClickAsync();
        List<TimeSpan> verdicts = [];
        for (var i = 0; i < Edits; i++)
        {
            // The remedies end what the last edit began.
            await visit.Page.Locator(".remedy").First.WaitForAsync();
            await visit.Page.EvaluateAsync("() => new Promise(done => requestIdleCallback(done))");
            verdicts.Add(TimeSpan.FromMilliseconds(await visit.Page.EvaluateAsync<double>("""
                ([port, verdict]) => new Promise(done => {
                  const view = document.querySelector("podwall-editor").view;
                  const text = view.state.doc.toString();
                  const began = performance.now();
                  const observer = new MutationObserver(() => {
                    if (document.querySelector(".panel .badge")?.textContent !== verdict)
                      return;
                    observer.disconnect();
                    done(performance.now() - began);
                  });
                  observer.observe(document.querySelector(".panel"), { subtree: true, childList: true, characterData: true });
                  view.dispatch({ changes: { from: text.lastIndexOf("port: ") + 6, to: text.length, insert: `${port}\n` } });
                })
                """, (string[])(i % 2 == 0 ? ["8081", "Denied"] : ["8080", "Allowed"]))));
        }

        Timing timing = new(verdicts);
        report.Add("a verdict after an edit, 200 pods", Said(timing, Edits), "", "< 100 ms", timing.Median.TotalMilliseconds < 100);
    }

    private async Task PasteAsync(RowReport report)
    {
        await using var visit = await chromium.VisitAsync("playground.html", AsAnybody);
        await visit.AwakeAsync();
        var longest = visit.Page.EvaluateAsync<double>("""
            () => new Promise(done => {
              let last = performance.now(), longest = 0;
              (function look() {
                const now = performance.now();
                [longest, last] = [Math.max(longest, now - last), now];
                /5000 pods/.test(document.querySelector(".status").textContent) ? done(longest) : setTimeout(look);
              })();
            })
            """);
        var read = await Timing.OfAsync(async () =>
        {
            await visit.PutAsync(Cluster(5_000));
            await Assertions.Expect(visit.Page.Locator(".status")).ToContainTextAsync("5000 pods");
        });
        report.Add("5,000 pods pasted, to what is read", RowReport.Milliseconds(read), "", "", met: null);
        report.Add("the longest that the page did not answer meanwhile", RowReport.Milliseconds(TimeSpan.FromMilliseconds(await longest)), "", "", met: null);
    }

    private static string Said(Timing timing, int runs) => $"min {RowReport.Milliseconds(timing.Min)}, median {RowReport.Milliseconds(timing.Median)} of {runs}";

    private static string Cluster(int pods) => string.Concat(
        Enumerable.Range(0, 5).Select(n => $"---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ns{n}\n")
            .Concat(Enumerable.Range(0, pods).Select(p => $"---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p{p}\n  namespace: ns{p % 5}\n  labels:\n    app: a{p % 7}\n    tier: t{p % 3}\nspec:\n  containers:\n  - name: c\n    image: nginx\n    ports:\n    - name: http\n      containerPort: 80\nstatus:\n  podIP: 10.0.{p >> 8}.{p & 255}\n"))
            .Concat(Enumerable.Range(1, 20).Select(i => Policy(80, $"other{i}", $"ns{i % 5}", $"a{i % 7}"))));

    private static string Policy(int port, string name = "web", string ns = "ns0", string app = "a0") =>
        $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\n  namespace: {ns}\nspec:\n  podSelector:\n    matchLabels:\n      app: {app}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - namespaceSelector: {{}}\n      podSelector:\n        matchLabels:\n          app: a1\n    ports:\n    - port: {port}\n";
}
