using Podwall.Site;

// Makes the site of what `dotnet publish` left of Podwall.Web: pages beside the engine, ready for any web server.
//   Podwall.Site PUBLISHED-WWWROOT OUTPUT
if (args is not [var published, var output] || !Directory.Exists(published))
{
    Console.Error.WriteLine("Podwall.Site: give the published wwwroot (it must exist), and the directory to make.");
    return 2;
}

await using var pages = new PageRenderer();
await new SiteWriter(pages, published, output).WriteAsync();
return 0;
