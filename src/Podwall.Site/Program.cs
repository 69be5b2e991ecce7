using Podwall.Site;

// Makes the site of what `dotnet publish` left of Podwall.Web: pages beside the engine, ready for any web server.
//   Podwall.Site ENGINE ASSETS OUTPUT      ENGINE is the published _framework, ASSETS the wwwroot of Podwall.Web
if (args is not [var engine, var assets, var output] || !Directory.Exists(engine) || !Directory.Exists(assets))
{
    Console.Error.WriteLine("Podwall.Site: give the published _framework, the wwwroot of Podwall.Web (both must exist), and the directory to make.");
    return 2;
}

await using var pages = new PageRenderer();
await new SiteWriter(pages, engine, assets, output).WriteAsync();
return 0;
