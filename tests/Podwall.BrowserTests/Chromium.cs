using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Podwall.BrowserTests;
using Podwall.Tests;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Podwall.BrowserTests;

/// <summary>The machine's own Chromium, and the site to look at with it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    internal const float Patience = 60_000;

    // The one that never has a window takes two thirds of the time.
    private static readonly string[] Usual = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static readonly string Program = Environment.GetEnvironmentVariable("PODWALL_CHROMIUM") ?? Usual.FirstOrDefault(File.Exists, Usual[0]);

    private IPlaywright? playwright;
    private IBrowser? browser;
    private IBrowserContext? shared;
    private Site? site;

    /// <summary>A browser that was never here: nothing is kept, and nothing comes of what other tests do.</summary>
    public static BrowserNewContextOptions Fresh => new() { ViewportSize = new() { Width = 1280, Height = 900 } };

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        Assertions.SetDefaultExpectTimeout(Patience);
        site = await Site.StartAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
        shared = await NewContextAsync(Fresh);
    }

    /// <summary>
    /// A page of its own; complaints of the page, and requests to anybody else, are kept to be looked at. Without options
    /// it shares the browser's memory of the site with other pages, which spares it the first load.
    /// </summary>
    public async Task<Visit> VisitAsync(string path, BrowserNewContextOptions? options = null, string? address = null)
    {
        if (browser is null)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("PODWALL_STRICT") == "1", $"there is no Chromium at {Program}; eng/setup installs it, or name one with PODWALL_CHROMIUM");
            throw new InvalidOperationException($"PODWALL_STRICT=1 asks for a Chromium at {Program}, and it is not there.");
        }

        var own = options is null ? null : await NewContextAsync(options);
        var visit = new Visit(own, await (own ?? shared!).NewPageAsync(), address ?? site!.Address);
        await visit.GoAsync(path);
        return visit;
    }

    // A service worker fetches the whole site for later; the tests of that ask for one.
    private async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        options.Permissions = ["clipboard-read", "clipboard-write"];
        options.ServiceWorkers ??= ServiceWorkerPolicy.Block;
        var context = await browser!.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (site is not null)
            await site.DisposeAsync();
    }
}

/// <summary>One page, and what went wrong on it.</summary>
public sealed class Visit : IAsyncDisposable
{
    // Browsers paint a page at once only up to some 16,000 pixels.
    private const int TallestPicture = 12_000;

    // Less is an empty page.
    private const int FewColours = 16;

    private readonly IBrowserContext? own;
    private readonly string address;

    public Visit(IBrowserContext? own, IPage page, string address)
    {
        (this.own, Page, this.address) = (own, page, address);
        page.Console += (_, said) =>
        {
            if (said.Type is "error" && !(Foreseen.Length > 0 && said.Text.Contains(Foreseen, StringComparison.Ordinal)))
                Complaints.Add(said.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                Complaints.Add($"a request to {request.Url}");
        };
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    /// <summary>Part of what the browser itself will complain of, which is no fault of the page.</summary>
    public string Foreseen { get; set; } = "";

    public Task GoAsync(string path) => Page.GotoAsync($"{address}/{path}");

    /// <summary>Waits until the engine answers in this page.</summary>
    public Task AwakeAsync() => Page.WaitForSelectorAsync("html[data-engine=ready]");

    /// <summary>As one that is pasted where the address stands; the page is loaded anew for it.</summary>
    public async Task PasteLinkAsync(string link)
    {
        TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Page.Load += (_, _) => loaded.TrySetResult();
        await Page.EvaluateAsync("link => { location.href = link; }", link);
        await loaded.Task.WaitAsync(TestContext.Current.CancellationToken);
        await AwakeAsync();
    }

    /// <summary>As a paste does it: one change of the editor's whole text.</summary>
    public async Task PutAsync(string text) => await Page.EvaluateAsync(
        "text => { const e = document.querySelector('podwall-editor'); e.view.dispatch({ changes: { from: 0, to: e.view.state.doc.length, insert: text } }); }", text);

    /// <summary>Drops a file that the browser fails to read: when it is looked up, or when its text is wanted.</summary>
    public Task DropUnreadableAsync(string name, bool isFound) => Page.EvaluateAsync("""
        ([name, isFound]) => {
          const gone = () => new DOMException("It was moved away.", "NotFoundError");
          const event = new Event("drop", { cancelable: true });
          event.dataTransfer = { items: [{ webkitGetAsEntry: () => ({ isFile: true, isDirectory: false, name, fullPath: "/" + name,
            file: (done, failed) => isFound ? done({ size: 9, text: () => Promise.reject(gone()) }) : failed(gone()) }) }] };
          dispatchEvent(event);
        }
        """, (object[])[name, isFound]);

    /// <summary>Drops a file of so many bytes, which nobody reads.</summary>
    public Task DropAsync(string name, long size) => Page.EvaluateAsync("""
        ([name, size]) => {
          const event = new Event("drop", { cancelable: true });
          event.dataTransfer = { items: [{ webkitGetAsEntry: () => ({ isFile: true, isDirectory: false, name, fullPath: "/" + name, file: done => done({ size: Number(size) }) }) }] };
          dispatchEvent(event);
        }
        """, (string[])[name, $"{size}"]);

    public Task<string> TextAsync() => Page.EvaluateAsync<string>("document.querySelector('podwall-editor').text");

    /// <summary>Unfolds all that the selector names, so that what a reader may unfold is looked at, too; or folds it.</summary>
    public Task UnfoldAsync(string selector, bool open = true) =>
        Page.EvaluateAsync("([selector, open]) => document.querySelectorAll(selector).forEach(d => d.open = open)", (object[])[selector, open]);

    /// <param name="where">What to call the page where it has a fault.</param>
    /// <param name="rules">The rules of axe to ask, such as color-contrast; none for all.</param>
    public async Task AssertAccessibleAsync(string where, params string[] rules)
    {
        // What passes is not asked for: to name each such element takes far longer than to look at it.
        AxeRunOptions options = new() { ResultTypes = [ResultType.Violations] };
        if (rules.Length > 0)
            options.RunOnly = new() { Type = "rule", Values = [.. rules] };
        var found = await Page.RunAxe(options);
        var serious = found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))}");
        Assert.True(!serious.Any(), $"{where}: {string.Join("\n", serious)}");
    }

    /// <summary>
    /// Keeps a picture as an artefact of the build, to be looked at; of a whole page as JPEG, which takes much less time, and
    /// in parts where the page is taller than a browser can picture at once. A picture that shows nothing is a fault.
    /// </summary>
    public async Task<byte[]> PictureAsync(string name, bool whole = true)
    {
        if (!whole)
            return await TakeAsync($"{name}.png", new());
        var (width, height) = (Page.ViewportSize!.Width, await Page.EvaluateAsync<int>("document.documentElement.scrollHeight"));
        byte[] first = [];
        for (var part = 0; part * TallestPicture < height; part++)
        {
            var rest = Math.Min(TallestPicture, height - part * TallestPicture);
            var picture = await TakeAsync(part == 0 ? $"{name}.jpeg" : $"{name}-{part + 1}.jpeg", new() { FullPage = true, Clip = new() { X = 0, Y = part * TallestPicture, Width = width, Height = rest } });
            first = part == 0 ? picture : first;
        }

        return first;
    }

    private async Task<byte[]> TakeAsync(string file, PageScreenshotOptions options)
    {
        options.Path = Checkout.At("artifacts", "screenshots", file);
        options.Timeout = Chromium.Patience / 2;
        byte[] picture;
        try
        {
            picture = await Page.ScreenshotAsync(options);
        }
        catch (TimeoutException)
        {
            // A busy browser can lose the frame that a picture waits for (seen once after a change of size): it is asked for another.
            picture = await Page.ScreenshotAsync(options);
        }

        // As a browser reads it: its size, and how many colours a coarse grid over it meets.
        var seen = await Page.EvaluateAsync<int[]>("""
            async text => {
              const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))]));
              const canvas = new OffscreenCanvas(picture.width, Math.min(picture.height, 2000));
              const pen = canvas.getContext("2d");
              pen.drawImage(picture, 0, 0);
              const dots = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
              return [picture.width, picture.height, new Set(dots.filter((_, i) => i % 7 === 0)).size];
            }
            """, Convert.ToBase64String(picture));
        var (width, height) = (options.Clip?.Width ?? Page.ViewportSize!.Width, options.Clip?.Height ?? Page.ViewportSize!.Height);
        Assert.True(seen[0] == (int)width && seen[1] == (int)height && seen[2] > FewColours, $"{file} is a picture of {seen[0]} by {seen[1]} with {seen[2]} colours");
        return picture;
    }

    public async ValueTask DisposeAsync()
    {
        await (own?.DisposeAsync() ?? new(Page.CloseAsync()));
        Assert.Empty(Complaints);
    }
}
