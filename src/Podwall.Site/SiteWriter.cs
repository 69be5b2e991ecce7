using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Podwall.Drawing.Svg;
using Podwall.Web.Guide;

namespace Podwall.Site;

/// <summary>Writes the pages beside the published engine, then compresses what a server may send compressed.</summary>
internal sealed class SiteWriter(PageRenderer pages, string engine, string assets, string output)
{
    private static readonly string[] Compressible = [".html", ".css", ".js", ".svg", ".wasm", ".txt", ".webmanifest", ".json"];

    public async Task WriteAsync()
    {
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
        foreach (var file in Directory.EnumerateFiles(engine).Where(f => Path.GetExtension(f) is not (".gz" or ".map")))
            Copy(file, $"_framework/{Path.GetFileName(file)}");
        foreach (var file in Directory.EnumerateFiles(assets, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("sw.template.js", StringComparison.Ordinal)))
            Copy(file, Path.GetRelativePath(assets, file));
        Write("css/board.css", BoardCss.ForPages);
        await WritePagesAsync();
        WriteServiceWorker();
        Compress();
    }

    private async Task WritePagesAsync()
    {
        Page(new("index.html", "Who can reach whom in Kubernetes", "A guide to NetworkPolicy, and a playground that answers for your own.", await pages.RenderAsync<HomeView>()));
        foreach (var chapter in Chapters.All)
            Page(new(chapter.Page, chapter.Title, chapter.Lead, await pages.RenderAsync<ChapterView>(("Chapter", chapter))));
        Page(new("playground.html", "Playground", "Paste NetworkPolicies and see who reaches whom.", Component("playground", "Playground", "The engine is waking up…", "The playground runs the engine in your browser, so it needs JavaScript and WebAssembly. The guide reads well without either.")) { IsWide = true, WakesAtOnce = true });
        Page(new("explorer.html", "Cluster", "A live cluster, behind podwall ui.", $"<div data-component=\"live\">{await pages.RenderAsync<ClusterView>()}</div>") { IsWide = true });
    }

    private static string Component(string name, string title, string waiting, string without) =>
        $"<h1 class=\"quiet\">{title}</h1>\n<div data-component=\"{name}\" class=\"component\"><p class=\"muted\">{waiting}</p></div>\n<noscript><p>{without}</p></noscript>";

    private void Page(Shell page) => Write(page.Page, page.Html);

    private void WriteServiceWorker()
    {
        string[] files = [.. Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".br", StringComparison.Ordinal)).Select(f => Path.GetRelativePath(output, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(File.ReadAllBytes(Path.Combine(output, file)));
        var version = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        Write("sw.js", File.ReadAllText(Path.Combine(assets, "js", "sw.template.js")).Replace("VERSION", version, StringComparison.Ordinal).Replace("FILES", JsonSerializer.Serialize(files), StringComparison.Ordinal));
    }

    private void Compress() => Parallel.ForEach(Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Where(f => Compressible.Contains(Path.GetExtension(f)) && !File.Exists($"{f}.br")).ToArray(), file =>
    {
        using var from = File.OpenRead(file);
        using var to = new BrotliStream(File.Create(file + ".br"), CompressionLevel.Optimal);
        from.CopyTo(to);
    });

    private void Copy(string file, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(output, name))!);
        File.Copy(file, Path.Combine(output, name));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(output, name))!);
        File.WriteAllText(Path.Combine(output, name), text);
    }
}
