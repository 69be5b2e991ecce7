using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Podwall.Web.Explorer;
using Podwall.Web.Guide;

// Pages are files; the engine wakes up in those parts of them that ask for it (see js/site.js).
var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.RegisterForJavaScript<ScenarioSwitch>("scenario");
builder.RootComponents.RegisterForJavaScript<Playground>("playground");
builder.RootComponents.RegisterForJavaScript<LiveExplorer>("live");
await builder.Build().RunAsync();
