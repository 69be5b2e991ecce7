namespace Podwall.Cli.Ui;

/// <summary>The site as it lies on the disk: beside the program, or where <c>eng/site</c> makes it in a checkout.</summary>
internal sealed class SiteFiles(string root)
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".wasm"] = "application/wasm",
        [".json"] = "application/json",
        [".txt"] = "text/plain; charset=utf-8",
        [".webmanifest"] = "application/manifest+json",
    };

    private readonly Dictionary<string, string> paths = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(root, f).Replace('\\', '/'), f => f, StringComparer.Ordinal);

    /// <summary>Null where there is none.</summary>
    public static SiteFiles? Find(string? named)
    {
        string[] places = named is not null ? [named] :
        [
            Path.Combine(AppContext.BaseDirectory, "share", "podwall", "web"),
            Path.Combine(AppContext.BaseDirectory, "..", "share", "podwall", "web"),
            .. Checkout() is { } root ? [Path.Combine(root, "artifacts", "site")] : (string[])[],
        ];
        return places.FirstOrDefault(p => File.Exists(Path.Combine(p, "explorer.html"))) is { } found ? new(found) : null;
    }

    /// <summary>The file behind a path of a request, its type, and whether it is compressed; null where there is none. What no listing showed is never opened.</summary>
    public (string File, string Type, bool IsBrotli)? this[string path, bool takesBrotli]
    {
        get
        {
            var name = path.TrimStart('/');
            if (name.Length == 0)
                name = "index.html";
            // A service worker would outlive the server, and answer for whoever has the port next.
            if (name == "sw.js" || !paths.TryGetValue(name, out var file))
                return null;
            var type = Types.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");
            return takesBrotli && paths.TryGetValue($"{name}.br", out var small) ? (small, type, true) : (file, type, false);
        }
    }

    /// <summary>The checkout that the program runs from, or null.</summary>
    public static string? Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Podwall.slnx")))
                return folder.FullName;
        return null;
    }
}
