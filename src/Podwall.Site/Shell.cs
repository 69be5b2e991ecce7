using System.Net;
using Podwall.Explorer;
using Podwall.Web.Guide;

namespace Podwall.Site;

/// <summary>What stands around the content of every page.</summary>
internal sealed record Shell(string Page, string Title, string Description, string Content)
{
    public bool IsWide { get; init; }

    /// <summary>Whether the engine is needed as soon as the page is there.</summary>
    public bool WakesAtOnce { get; init; }

    public string Html => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{PageSecurity.ContentSecurityPolicy}">
        <base href="{(Page.Contains('/') ? "../" : "./")}">
        <title>{Encode(Title)} · Podwall</title>
        <meta name="description" content="{Encode(Description)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <script src="js/theme.js"></script>
        <link rel="stylesheet" href="css/board.css">
        <link rel="stylesheet" href="css/site.css">
        <link rel="icon" href="favicon.svg" type="image/svg+xml">
        <link rel="manifest" href="manifest.webmanifest">
        <script type="module" src="js/site.js"></script>
        {(WakesAtOnce ? Preloads : "")}</head>
        <body data-page="{Page}"{(IsWide ? " class=\"wide-page\"" : "")}>
        <a class="skip" href="{Page}#content">Skip to the content</a>
        <header class="top">
        <a class="brand" href="index.html"><img src="favicon.svg" alt="" width="24" height="24">Podwall</a>
        <nav aria-label="Site"><a href="{Chapters.All[0].Page}"{Current(Page.StartsWith("guide/", StringComparison.Ordinal))}>Guide</a><a href="playground.html"{Current(Page == "playground.html")}>Playground</a><a href="explorer.html"{Current(Page == "explorer.html")}>Cluster</a></nav>
        <button type="button" class="theme" data-theme-switch aria-label="Switch between light and dark"><svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><circle cx="10" cy="10" r="7.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M10 2.8a7.2 7.2 0 0 1 0 14.4z" fill="currentColor"/></svg></button>
        </header>
        <div class="frame">
        {(Page.StartsWith("guide/", StringComparison.Ordinal) ? Sidebar : "")}<main id="content">
        {Content}
        </main>
        </div>
        <footer><p>Podwall · Apache License 2.0 · The pictures, the reasons and the answers on this page were worked out by the engine that it describes.</p></footer>
        </body>
        </html>

        """;

    // Each of these files names the next one only when it has arrived.
    private static string Preloads => string.Concat(((string[])["_framework/dotnet.js", "_framework/dotnet.runtime.js", "_framework/dotnet.native.js", "js/explorer.js", "js/files.js", "js/reader.js", "editor/editor.js"]).Select(f => $"<link rel=\"modulepreload\" href=\"{f}\">\n"))
        + "<link rel=\"preload\" as=\"script\" href=\"_framework/blazor.webassembly.js\">\n";

    private string Sidebar => $"""
        <nav class="chapters" aria-label="Chapters"><details open><summary>Chapters</summary><ol>
        {string.Concat(Chapters.All.Select(c => $"<li><a href=\"{c.Page}\"{Current(c.Page == Page)}>{Encode(c.Title)}</a></li>\n"))}</ol></details></nav>
        """;

    private static string Current(bool isCurrent) => isCurrent ? " aria-current=\"page\"" : "";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
